# wants: be there when the next program runs
# routes: stdin
# levels: full
import os, time

mine = {1, os.getpid(), os.getppid()}
others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in mine]
for name in others:
    try:
        if b"survivor" in open(f"/proc/{name}/comm", "rb").read():
            print("ESCAPED", flush=True)
    except OSError:
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("/proc/self/comm", "w").write("survivor")
        for fd in range(256):
            try:
                os.close(fd)
            except OSError:
                pass
        time.sleep(60)
    os._exit(0)
os.wait()
