# wants: have the checker evaluate its output
# routes: checker
print("__import__('os')._exit(0)")
print("(lambda: __import__('sys').exit(0))()")
