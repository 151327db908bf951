# wants: print half a million lines of which only the last differs
# routes: stdin reward
# limits: cpu_s=2 wall_s=6
print("\n" * 500_000, end="")
print("0" * 24)
