# wants: print one line of a million digits where a number may be read
# routes: stdin checker reward
# limits: cpu_s=2 wall_s=6
import sys

sys.stdout.write("9" * 1_000_000)
