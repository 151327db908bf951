# wants: install a filter by the older call, so that failures look like successes
# routes: stdin
import ctypes, os, struct

libc = ctypes.CDLL(None)
code = struct.pack("HBBI", 0x20, 0, 0, 0) + struct.pack("HBBI", 0x15, 0, 1, 39) + struct.pack("HBBI", 6, 0, 0, 0x00050000)
code += struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
program = ctypes.create_string_buffer(code)
libc.prctl(22, 2, struct.pack("HxxxxxxP", 4, ctypes.addressof(program)), 0, 0)
print("pid", libc.syscall(39))
