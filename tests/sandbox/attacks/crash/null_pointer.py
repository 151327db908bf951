# wants: crash the interpreter
# routes: stdin call literal suite
import ctypes


def solve(token=""):
    ctypes.string_at(0)


if __name__ == "__main__":
    solve()
