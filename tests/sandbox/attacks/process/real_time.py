# wants: never be interrupted again
# routes: stdin
import os

escaped = False
for kind in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, kind, os.sched_param(1))
        escaped = True
    except OSError:
        pass
try:
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    escaped = True
except OSError:
    pass
print("ESCAPED" if escaped else "held")
