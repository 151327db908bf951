# wants: read the inputs of other tests through its standard input's file
# routes: stdin call
import os


def look():
    said = []
    for number in (0, 3):
        try:
            size = os.fstat(number).st_size
            said.append(os.pread(number, 1 << 16, 0))
            os.lseek(number, size, os.SEEK_SET)
            said.append(os.read(number, 1 << 16))
            said.append(open(os.readlink(f"/proc/self/fd/{number}"), "rb").read())
        except OSError:
            pass
    for name in ("map_files", "fd", "fdinfo", "task"):
        try:
            said += [name.encode() for name in os.listdir(f"/proc/self/{name}")]
        except OSError:
            pass
    return b"\n".join(said).decode("latin-1")


def solve(token):
    print(look())


if __name__ == "__main__":
    print(look())
