# wants: return complex numbers beside the range of floats
# routes: call literal suite
def solve(token):
    return complex(float("inf"), float("nan"))
