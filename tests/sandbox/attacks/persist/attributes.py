# wants: leave a note in extended attributes
# routes: stdin call
import os

paths = (__file__, os.path.dirname(__file__), "/tmp", "/dev/shm")
for path in paths:
    try:
        if "user.note" in os.listxattr(path):
            print("ESCAPED", path, flush=True)
    except OSError:
        pass
for path in paths:
    try:
        os.setxattr(path, "user.note", b"x")
    except OSError:
        pass


def solve(token):
    return token
