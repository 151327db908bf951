# wants: work in the compiler, before there is a program
# routes: stdin call
# limits: cpu_s=0.5 wall_s=30 memory_mib=1024
# source: body + "\n".join(f"x{n} = [a{n} for a{n} in (lambda y{n}: (y{n}, {{k: v for k, v in y{n}}}))(())]" for n in range(30_000)) + "\nprint('ESC' 'APED')\n"
