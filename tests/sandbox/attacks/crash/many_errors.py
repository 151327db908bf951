# wants: fill whatever keeps its traceback, by a chain of a thousand errors
# routes: stdin call suite
# limits: cpu_s=3 wall_s=9
def solve(token=""):
    error = None
    for n in range(1000):
        try:
            raise ValueError("y" * 1000) from error
        except ValueError as caught:
            error = caught
    raise error


if __name__ == "__main__":
    solve()
