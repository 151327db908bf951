# wants: return what is no data and may be taken for true
# routes: call literal suite
import itertools

things = itertools.cycle([lambda *a: True, (x for x in ()), NotImplemented, Ellipsis, type, object(), open, iter([])])


def solve(token):
    return next(things)
