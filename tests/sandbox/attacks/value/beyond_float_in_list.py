# wants: return a list of integers beside what floats can hold, of both signs, where a tolerance applies
# routes: call literal suite
def solve(token):
    return [10**400, -(10**400), 1.5, True]
