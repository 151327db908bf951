# wants: nest branches by the thousand
# routes: stdin call
# limits: cpu_s=2 wall_s=8
# source: body + "x = 0\nif x: pass\n" + "elif x: pass\n" * 20_000
