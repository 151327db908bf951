# wants: have the collector crash while the interpreter ends
# routes: stdin call
import ctypes, gc


class Node:
    def __del__(self):
        self.again = [self, Node.keep]
        gc.collect()


Node.keep = Node()
Node.keep.me = Node.keep
ctypes.memset(id(Node.keep) + 8, 0, 8)


def solve(token):
    return token
