# wants: be a program that does nothing
# routes: stdin call literal suite
