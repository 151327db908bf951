# wants: overflow the compiler's stack with nested operators
# routes: stdin call
# source: body + "x = " + "-" * 100_000 + "1\n" + "y = " + "not " * 50_000 + "1\n"
