# wants: stall the checker with one enormous word of the right letters
# routes: checker
print("0123456789abcdef" * 62_000, end="")
