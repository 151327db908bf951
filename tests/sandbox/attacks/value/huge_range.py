# wants: return a range of a quintillion numbers
# routes: call literal suite
def solve(token):
    return range(10**18)
