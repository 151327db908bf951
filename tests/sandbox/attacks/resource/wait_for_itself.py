# wants: hold its place by a deadlock
# routes: stdin call
# limits: wall_s=1
import os, threading


def solve(token=""):
    lock = threading.Lock()
    threading.Thread(target=lambda: (lock.acquire(), lock.acquire())).start()
    out, into = os.pipe()
    os.read(out, 1)


if __name__ == "__main__":
    solve()
