# wants: crash a checker that reads numbers
# routes: checker
print("nan inf -inf 1e999999 0x1p-1074 1_000 +-1", "9" * 10_000, "\u0661\u0662", "--1", "1e", "\u00b2")
