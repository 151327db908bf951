# wants: crash the compiler with an encoding that is none
# routes: stdin call reward
# source: "# -*- coding: no-such-thing -*-\n" + body
print("x")
