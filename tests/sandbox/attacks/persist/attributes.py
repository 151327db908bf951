# wants: leave a note in extended attributes
# routes: stdin call
import os

for path in (__file__, os.path.dirname(__file__), "/tmp", "/dev/shm"):
    try:
        if "user.note" in os.listxattr(path):
            print("ESCAPED", path, flush=True)
    except OSError:
        pass
    try:
        os.setxattr(path, "user.note", b"x")
    except OSError:
        pass


def solve(token):
    return token
