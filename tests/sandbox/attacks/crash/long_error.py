# wants: fill whatever keeps its error message
# routes: stdin call literal suite
# limits: cpu_s=2 wall_s=8
def solve(token=""):
    raise ValueError("x" * 12_000_000)


if __name__ == "__main__":
    solve()
