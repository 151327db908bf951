# wants: take memory by mappings instead of allocations
# routes: stdin
import mmap

held = [mmap.mmap(-1, 1 << 26) for _ in range(64)]
for one in held:
    for page in range(0, 1 << 26, 4096):
        one[page] = 1
print("ESCAPED")
