# wants: leave a note in the access times of files that all jails share
# routes: stdin
import os, sys

folder = os.path.dirname(os.__file__)
for name in ("this.py", "antigravity.py", "LICENSE.txt"):
    path = os.path.join(folder, name)
    try:
        if os.stat(path).st_atime == 12345:
            print("ESCAPED", flush=True)
        os.utime(path, (12345, 12345))
        print("ESCAPED", flush=True)
    except OSError:
        pass
