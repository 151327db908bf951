# wants: give the compiler more digits than it takes
# routes: stdin call reward
# source: body + "x = " + "9" * 100_000 + "\n"
