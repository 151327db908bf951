# wants: leave a note for the next program in any directory
# routes: stdin call suite
import os

for where in ("/tmp", "/var/tmp", "/dev/shm", "/box", "/run", "/dev", os.getcwd(), os.path.dirname(__file__), "/"):
    path = os.path.join(where, ".note")
    if os.path.exists(path):
        print("ESCAPED", path, flush=True)
    try:
        open(path, "w").write("note")
    except OSError:
        pass


def solve(token):
    return token
