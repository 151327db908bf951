# wants: make the programs after it slow
# routes: stdin call
import os

if os.getpriority(os.PRIO_PROCESS, 0) > 0 and os.getpriority(os.PRIO_PROCESS, 0) == 7:
    print("ESCAPED", flush=True)
os.nice(7)


def solve(token):
    return token
