# wants: be told to have run out of memory instead of being wrong
# routes: stdin call suite
def solve(token=""):
    raise MemoryError("sandbox: the jail is gone")


if __name__ == "__main__":
    solve()
