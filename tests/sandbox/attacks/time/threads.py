# wants: work in threads that are counted one by one
# routes: stdin call
# limits: cpu_s=0.5 wall_s=30
import hashlib, threading, time


def work():
    while time.thread_time() < 0.6:
        hashlib.sha256(bytes(1 << 20)).digest()


for _ in range(2):
    workers = [threading.Thread(target=work) for _ in range(2)]
    [one.start() for one in workers]
    [one.join() for one in workers]
print("ESCAPED")
