# wants: overflow the compiler's stack with a long chain
# routes: stdin call
# source: body + "x = a" + ".b" * 100_000 + "\n"
