# wants: slow down every process of the user
# routes: stdin
import os

before = os.getpriority(os.PRIO_PROCESS, os.getppid()) if os.getppid() > 1 else 0
escaped = False
for kind, who in ((os.PRIO_USER, 0), (os.PRIO_USER, os.getuid()), (os.PRIO_PGRP, 0), (os.PRIO_PROCESS, os.getppid())):
    try:
        os.setpriority(kind, who, 19)
        escaped = True
    except OSError:
        pass
print("ESCAPED" if escaped else "held")
