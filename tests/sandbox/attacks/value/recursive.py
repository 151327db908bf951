# wants: return a value that contains itself
# routes: call literal suite
def solve(token):
    value = []
    value += [value, {"again": value}]
    return value
