# wants: run into the end of the stack in C
# routes: stdin call suite
import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __repr__(self):
        return repr(self)


def solve(token=""):
    return repr(Deep())


if __name__ == "__main__":
    solve()
