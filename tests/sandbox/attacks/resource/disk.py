# wants: fill the disk
# routes: stdin call
written = 0
try:
    for n in range(100_000):
        with open(f"/tmp/{n}", "wb") as file:
            written += file.write(bytes(1 << 19))
except OSError:
    pass
print("ESCAPED" if written > 200 << 20 else written)
