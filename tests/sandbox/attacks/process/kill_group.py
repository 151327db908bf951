# wants: kill the process group and the session that it was born into
# routes: stdin call suite
import os, signal

for group in {os.getpgrp(), os.getsid(0), os.getpgid(os.getppid()) if os.getppid() else 0} - {0, 1}:
    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP):
        try:
            os.killpg(group, number)
        except OSError:
            pass
