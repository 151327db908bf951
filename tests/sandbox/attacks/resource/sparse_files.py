# wants: make a file of an exabyte, and have somebody copy it
# routes: stdin
import os

for path in ("/tmp/x", "/dev/shm/x", "x"):
    try:
        with open(path, "wb") as file:
            file.truncate(1 << 60)
        print("ESCAPED")
    except (OSError, OverflowError):
        pass
