# wants: start threads without an end
# routes: stdin call
# limits: wall_s=1
import threading, time

threading.stack_size(32768)
made = 0
try:
    while made < 5000:
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
        made += 1
except RuntimeError:
    pass
print("ESCAPED" if made > 2000 else made, flush=True)
__import__("os")._exit(0)
