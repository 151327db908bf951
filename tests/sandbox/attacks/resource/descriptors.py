# wants: open all the files there are
# routes: stdin call
import os

made = 0
try:
    while made < 100_000:
        os.open("/dev/null", os.O_RDONLY)
        made += 1
except OSError:
    pass
print("ESCAPED" if made > 5000 else made)
