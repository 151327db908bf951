# wants: stop every process that it may, itself included
# routes: stdin suite
# levels: full
# limits: wall_s=1.5
import os, signal


def solve(token=""):
    os.kill(-1, signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    solve()
