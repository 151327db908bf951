# wants: leave a note in a lock on a file that all jails share
# routes: stdin
# limits: wall_s=1.5
import fcntl, os, sys, time

for path in (os.__file__, sys.executable):
    try:
        file = open(path, "rb")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("held it")
    except BlockingIOError:
        print("ESCAPED", flush=True)
    except OSError:
        pass
time.sleep(0.4)
