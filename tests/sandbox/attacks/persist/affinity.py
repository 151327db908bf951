# wants: pin whoever comes after it to one processor
# routes: stdin call
import os

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
try:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
except OSError:
    pass


def solve(token):
    return token
