# wants: attach to its parent as a debugger
# routes: stdin call
import ctypes, os

libc, parent = ctypes.CDLL(None), os.getppid()
made = [libc.ptrace(request, pid, None, None) for request in (16, 0x4206) for pid in (parent, 1) if pid]
print("ESCAPED" if 0 in made else "held")
