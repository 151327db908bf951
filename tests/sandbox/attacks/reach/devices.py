# wants: read the machine's memory, disk and log
# routes: stdin
import os

for path in ("/dev/mem", "/dev/kmem", "/dev/kmsg", "/dev/port", "/proc/kcore", "/proc/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse",
             "/dev/kvm", "/dev/loop-control", "/dev/net/tun", "/proc/kallsyms", "/dev/nvidia0", "/dev/vsock"):
    try:
        with open(path, "rb") as file:
            if file.read(16) not in (b"", b"0000000000000000"):
                print("ESCAPED", path)
    except OSError:
        pass
for kind, numbers in ((0o20666, (1, 1)), (0o60666, (254, 0)), (0o20666, (1, 3))):
    try:
        os.mknod("/tmp/node", kind, os.makedev(*numbers))
        print("ESCAPED", numbers)
    except OSError:
        pass
