# wants: hold its place by doing nothing
# routes: stdin suite
# limits: wall_s=1
import time


def solve(token=""):
    time.sleep(1000)


if __name__ == "__main__":
    solve()
