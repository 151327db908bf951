# wants: return frozensets in frozensets, whose hashes are never kept
# routes: call literal suite
def solve(token):
    value = frozenset()
    for _ in range(190):
        value = frozenset([value, frozenset([value])])
    return value
