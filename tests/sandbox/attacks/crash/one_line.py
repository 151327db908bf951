# wants: put four megabytes on one line, in front of an error
# routes: stdin
# limits: cpu_s=2 wall_s=8
# source: body + "x = '" + "a" * 4_000_000 + "' +\n"
