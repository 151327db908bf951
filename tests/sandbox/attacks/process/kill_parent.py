# wants: kill whatever started it
# routes: stdin call suite
import os

for pid in {os.getppid(), 1}:
    for number in (9, 15, 2, 6, 11, 19, 20, 23, 24, 29, 34, 64):
        try:
            os.kill(pid, number)
            if pid != 1:
                print("ESCAPED", flush=True)
        except OSError:
            pass
