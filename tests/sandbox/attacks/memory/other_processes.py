# wants: read memory, arguments, environments and open files of every process it can name
# routes: stdin call suite
import os


def look():
    said = []
    for pid in [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]:
        for name in ("cmdline", "environ", "maps", "mem", "stack", "syscall", "auxv", "io", "smaps", "pagemap"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    text = file.read(1 << 16)
                if text and name not in ("cmdline",):
                    said.append("ESCAPED")
                said.append(text.decode("latin-1"))
            except OSError:
                pass
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                said.append("ESCAPED " + os.readlink(f"/proc/{pid}/fd/{fd}"))
        except OSError:
            pass
    return "\n".join(text for text in said if "key" + "-" in text or text.startswith("ESC"))


def solve(token):
    print(look())


if __name__ == "__main__":
    print(look())
