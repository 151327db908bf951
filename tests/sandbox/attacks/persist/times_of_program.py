# wants: leave a note in the times of its own source file and directory
# routes: stdin call
import os

paths = (__file__, os.path.dirname(__file__), "/tmp", "/dev/shm")
for path in paths:
    try:
        if 12345.0 in (os.stat(path).st_mtime, os.stat(path).st_atime):
            print("ESCAPED", path, flush=True)
    except OSError:
        pass
for path in paths:
    try:
        os.utime(path, (12345, 12345))
    except OSError:
        pass


def solve(token):
    return token
