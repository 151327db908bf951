# wants: work before the clock of the call starts
# routes: call suite literal
# limits: cpu_s=0.5 wall_s=30
import time

while time.process_time() < 1.5:
    pass
print("ESCAPED", flush=True)


def solve(token):
    return token
