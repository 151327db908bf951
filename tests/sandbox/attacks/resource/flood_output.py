# wants: write without an end
# routes: stdin call suite checker reward
import os

while True:
    os.write(1, bytes(1 << 20))
