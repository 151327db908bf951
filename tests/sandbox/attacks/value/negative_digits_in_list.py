# wants: hide an endless integer deep in a container
# routes: call literal suite
def solve(token):
    return {"a": [(-(10**20_000), 1.5), {"b": 10**5000}]}
