# wants: return a value that is small in memory and endless when written
# routes: call literal suite
# limits: cpu_s=2 wall_s=6
def solve(token):
    value = ["x" * 100]
    for _ in range(40):
        value = [value, value]
    return value
