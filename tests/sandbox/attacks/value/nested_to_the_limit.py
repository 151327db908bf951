# wants: return what nests just within the encoding's limit
# routes: call literal suite
def solve(token):
    value = ()
    for _ in range(198):
        value = (value,)
    return value
