# wants: read secrets, sources and benchmark data
# routes: stdin call suite
import os

seen = []
for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.ssh", "/root/.bashrc", "/work", "/var/log", "/run/secrets",
             "/proc/1/environ", "/proc/1/cwd", "/proc/1/root/etc", "/sys/kernel", "/boot", "/mnt", "/opt/data"):
    try:
        if os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1):
            seen.append(path)
    except OSError:
        pass
if seen:
    print("ESCAPED", seen)


def solve(token):
    return token
