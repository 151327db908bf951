# wants: kill every process that it may
# routes: stdin call suite
# levels: full
import os, signal


def solve(token=""):
    os.kill(-1, signal.SIGKILL)


if __name__ == "__main__":
    solve()
