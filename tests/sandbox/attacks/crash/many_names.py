# wants: give the compiler a megabyte of assignments
# routes: stdin call
# limits: cpu_s=2 wall_s=8
# source: body + "".join(f"x{n} = {n}\n" for n in range(80_000))
