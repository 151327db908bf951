# wants: take all memory, page by page
# routes: stdin call suite
held = []
while True:
    held.append(bytearray(b"x" * (1 << 20)))
