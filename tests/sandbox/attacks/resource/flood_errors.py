# wants: write errors without an end
# routes: stdin call suite
import os

while True:
    os.write(2, b"x" * (1 << 20))
