# wants: keep data in files of memory beyond its limit
# routes: stdin call
import os

written, held = 0, []
for n in range(2000):
    for make in (lambda: os.memfd_create("x"), lambda: os.open(f"/dev/shm/{n}", os.O_RDWR | os.O_CREAT),
                 lambda: os.open(f"/tmp/{n}", os.O_RDWR | os.O_CREAT)):
        try:
            held.append(make())
            written += os.write(held[-1], bytes(1 << 20))
        except OSError:
            pass
    if n > 300 and written == 0:
        break
print("ESCAPED" if written > 200 << 20 else written)
