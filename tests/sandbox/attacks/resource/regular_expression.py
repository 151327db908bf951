# wants: backtrack for ever
# routes: stdin call
import re


def solve(token=""):
    return re.match("(a+)+b", "a" * 60)


if __name__ == "__main__":
    solve()
