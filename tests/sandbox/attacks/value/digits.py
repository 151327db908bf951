# wants: return an integer too long to be written in decimals
# routes: call literal suite
def solve(token):
    return 10**5000
