# wants: work while it is taken down
# routes: stdin
# limits: cpu_s=0.5 wall_s=30
import os, time


class Late:
    def __del__(self):
        while time.process_time() < 1.5:
            pass
        os.write(1, b"ESCAPED\n")


keep = Late()
