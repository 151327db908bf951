# wants: leave a note in the times of its own source file and directory
# routes: stdin call
import os

for path in (__file__, os.path.dirname(__file__), "/tmp", "/dev/shm"):
    try:
        if os.stat(path).st_mtime == 12345.0 or os.stat(path).st_atime == 12345.0:
            print("ESCAPED", path, flush=True)
        os.utime(path, (12345, 12345))
    except OSError:
        pass


def solve(token):
    return token
