# wants: return what equals or rounds to something else
# routes: call literal suite
import itertools

things = itertools.cycle([True, -0.0, float("nan"), float("inf"), b"x", 1e308 * 10, 2**53 + 1, "\0", "", None])


def solve(token):
    return [next(things) for _ in range(10)]
