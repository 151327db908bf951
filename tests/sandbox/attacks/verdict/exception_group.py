# wants: be taken for several things at once
# routes: stdin call literal suite
def solve(token):
    raise BaseExceptionGroup("all", [StopIteration(), SystemExit(0), KeyboardInterrupt(), AssertionError()])


if __name__ == "__main__":
    solve("")
