# wants: spend the compiler's time on one integer
# routes: stdin call
# source: body + "x = 0x" + "f" * 4_000_000 + "\ny = " + "9" * 4000 + "\n"
