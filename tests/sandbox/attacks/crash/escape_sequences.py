# wants: change the terminal, or the markup, of whoever reads its error
# routes: stdin call suite reward
import sys


class Error(Exception):
    pass


def solve(token=""):
    raise Error("\x1b[2J\x1b]0;owned\x07\x1b[31m[/red][bold][link=http://x]<script>alert(1)</script>\r\n\x9b31m{0}%s\\u202e\u202e")


if __name__ == "__main__":
    sys.stderr.write("\x1b[2J[/red]\x1bc\n")
    solve()
