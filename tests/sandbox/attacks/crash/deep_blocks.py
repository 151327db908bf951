# wants: nest blocks beyond what the compiler allows
# routes: stdin
# source: body + "".join(" " * n + "for x in y:\n" for n in range(200)) + " " * 200 + "pass\n"
