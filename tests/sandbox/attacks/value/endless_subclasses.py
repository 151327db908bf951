# wants: stall the encoder with containers that never end
# routes: call literal suite
# limits: wall_s=2
class Endless(list):
    def __iter__(self):
        while True:
            yield 1

    __len__ = lambda self: 1


class Items(dict):
    def items(self):
        while True:
            yield 1, 1

    keys = __iter__ = items


def solve(token):
    return [Endless([1]), Items(a=1)]
