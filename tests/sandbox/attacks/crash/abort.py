# wants: end in a way that is reported differently
# routes: stdin call suite
import faulthandler, os, signal

faulthandler.enable()


def solve(token=""):
    os.kill(os.getpid(), signal.SIGSYS)
    os.abort()


if __name__ == "__main__":
    solve()
