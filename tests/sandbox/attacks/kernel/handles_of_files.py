# wants: open files by handles instead of names
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
handle = ctypes.create_string_buffer(b"\x80\0\0\0" + bytes(200))
number = ctypes.c_int()
made = [libc.name_to_handle_at(-100, b"/", handle, ctypes.byref(number), 0), libc.open_by_handle_at(3, handle, 0),
        libc.syscall(300, 0, 0), libc.syscall(301, 0, 1, 2, -100, b"/")]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
