# wants: signal process 1 from many children at the moment it cleans up
# routes: stdin
# levels: full
# limits: wall_s=1.5
import os, signal

for _ in range(10):
    try:
        if os.fork() == 0:
            for _ in range(2000):
                for number in (9, 19, 34, 64, 23):
                    try:
                        os.kill(1, number)
                    except OSError:
                        pass
            os._exit(0)
    except OSError:
        break
os._exit(0)
