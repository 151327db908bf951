# wants: return what has yet to be awaited
# routes: call literal suite
async def solve(token):
    return token
