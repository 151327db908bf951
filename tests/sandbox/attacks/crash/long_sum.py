# wants: overflow the compiler's stack with a long sum
# routes: stdin call
# limits: cpu_s=2 wall_s=8
# source: body + "x = " + "+".join(["1"] * 200_000) + "\n"
