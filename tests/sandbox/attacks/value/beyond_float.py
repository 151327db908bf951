# wants: return an integer that no float can hold
# routes: call literal suite
def solve(token):
    return 10**400
