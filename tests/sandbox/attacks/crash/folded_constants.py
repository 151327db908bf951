# wants: have the compiler itself calculate for ever
# routes: stdin call
x = (((1 << 4000) ** 3) * 7) ** 100_000
y = "a" * 10**9 * 10
z = ((((1,) * 200) * 200) * 200) * 200
