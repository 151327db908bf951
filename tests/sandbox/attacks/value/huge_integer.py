# wants: return an integer of megabytes
# routes: call literal suite
# limits: cpu_s=3 wall_s=9
def solve(token):
    return 1 << (8 << 20)
