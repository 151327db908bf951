# wants: print bytes that are no text
# routes: stdin checker reward
import os, sys

sys.stdout.buffer.write(os.urandom(100_000) + b"\xff\xfe\0" * 1000)
