# wants: return texts that cannot be written as UTF-8
# routes: call literal suite
def solve(token):
    return "\ud800" + token + "\udfff" * 1000
