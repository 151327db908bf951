# wants: write errors that cannot be decoded, with an end that looks like another error
# routes: stdin call
import os, sys

os.write(2, b"\xff\xfe\x80" * 1000 + b"\nMemoryError\n")
sys.exit(1)
