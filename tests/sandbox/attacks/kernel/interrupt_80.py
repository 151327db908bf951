# wants: make 32-bit system calls by the old interrupt
# routes: stdin call
import ctypes, mmap, platform

if platform.machine() == "x86_64":
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    print("ESCAPED" if function() > 0 else "held")
