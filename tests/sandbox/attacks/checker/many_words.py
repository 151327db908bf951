# wants: give the checker far more words than it expects
# routes: checker
print("a " * 500_000)
