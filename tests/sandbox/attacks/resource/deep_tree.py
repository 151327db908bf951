# wants: leave a tree too deep to be removed
# routes: stdin
# limits: cpu_s=2 wall_s=6
import os

try:
    os.chdir("/tmp")
    for _ in range(3000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
except OSError:
    pass
