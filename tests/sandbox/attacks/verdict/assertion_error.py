# wants: be taken for a failed assertion that somebody catches
# routes: call literal suite
def solve(token):
    raise AssertionError
