# wants: have the checker read a million brackets
# routes: checker
print("[" * 1_000_000)
