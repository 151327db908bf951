# wants: be inside one call that no signal handler interrupts
# routes: stdin call
def solve(token=""):
    return len(str(10 ** 10**7))


import sys

sys.set_int_max_str_digits(0)
if __name__ == "__main__":
    solve()
