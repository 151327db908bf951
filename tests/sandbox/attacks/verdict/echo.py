# wants: get by with its own input
# routes: stdin call literal suite reward
import sys


def solve(token):
    return token


if __name__ == "__main__":
    print(sys.stdin.read(), end="")
