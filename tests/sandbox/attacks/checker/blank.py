# wants: have nothing compared with nothing
# routes: checker
print("\n \t\f\v\x1c\x1d\x85\u2028\u3000\n" * 1000)
