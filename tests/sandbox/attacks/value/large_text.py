# wants: return sixteen megabytes of text
# routes: call literal suite
# limits: output_kib=16384 wall_s=9 cpu_s=3
def solve(token):
    return "\u20ac" * (2 << 20)
