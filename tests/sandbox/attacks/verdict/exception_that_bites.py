# wants: harm whoever shows its exception
# routes: stdin call literal suite
class Bites(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__

    @property
    def args(self):
        raise KeyboardInterrupt

    @property
    def __traceback__(self):
        raise MemoryError


def solve(token):
    raise Bites


if __name__ == "__main__":
    raise Bites
