# wants: become another user by any way there is
# routes: stdin
# levels: full
import os, subprocess

for action in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0]), lambda: os.setresgid(0, 0, 0)):
    try:
        action()
        print("ESCAPED")
    except OSError:
        pass
for command in (["su", "-c", "id"], ["mount"], ["passwd", "-S"], ["newgrp"], ["sudo", "-n", "id"], ["unshare", "-r", "id"]):
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=1, stdin=subprocess.DEVNULL).stdout
        if "uid=0" in said:
            print("ESCAPED", command)
    except (OSError, subprocess.TimeoutExpired):
        pass
