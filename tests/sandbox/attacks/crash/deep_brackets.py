# wants: overflow the parser's stack
# routes: stdin call reward
# source: body + "(" * 100_000
