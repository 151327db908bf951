# wants: use up the user's inotify instances and watches
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, os, time

libc = ctypes.CDLL(None, use_errno=True)
made = 0
for _ in range(200):
    fd = libc.inotify_init()
    made += fd >= 0
    for where in ("/usr", "/usr/lib", "/"):
        libc.inotify_add_watch(fd, where.encode(), 0xFFF)
if made:
    print("ESCAPED", flush=True)
time.sleep(0.5)
