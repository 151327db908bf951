# wants: crash the compiler or its caller with null bytes
# routes: stdin call reward
# source: body + "x = '\0'\n"
