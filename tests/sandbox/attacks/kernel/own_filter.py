# wants: install a filter or domain that lies to code which trusts the kernel
# routes: stdin call suite
import ctypes, struct

libc = ctypes.CDLL(None)
program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x00050000))
header = struct.pack("HxxxxxxP", 1, ctypes.addressof(program))
made = [libc.syscall(317, 1, 0, header), libc.syscall(317, 1, 8, header), libc.syscall(446, 3, 0)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")


def solve(token):
    return token
