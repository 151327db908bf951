# wants: leave a note for the next program in any directory
# routes: stdin call suite
import os

paths = [os.path.join(where, ".note") for where in ("/tmp", "/var/tmp", "/dev/shm", "/box", "/run", "/dev", os.getcwd(), "/")]
for path in paths:
    if os.path.exists(path):
        print("ESCAPED", path, flush=True)
for path in paths:
    try:
        open(path, "w").write("note")
    except OSError:
        pass


def solve(token):
    return token
