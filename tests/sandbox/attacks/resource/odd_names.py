# wants: leave names that cleaners stumble over
# routes: stdin
import os

for name in (b"\xff\xfe", b"-rf *", b"\n", b"x" * 255, b" ", b"..x", b"\x1b[2J"):
    try:
        os.mkdir(b"/tmp/" + name)
        os.chmod(b"/tmp/" + name, 0)
    except OSError:
        pass
