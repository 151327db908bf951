# wants: return a list nested as deep as it will go
# routes: call literal suite
def solve(token):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
