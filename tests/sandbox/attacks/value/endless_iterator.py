# wants: return a generator without an end
# routes: call literal suite
import itertools


def solve(token):
    return itertools.count()
