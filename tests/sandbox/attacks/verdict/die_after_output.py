# wants: have output counted although it was killed
# routes: stdin
import os

print("x" * 10, flush=True)
os.kill(os.getpid(), 9)
