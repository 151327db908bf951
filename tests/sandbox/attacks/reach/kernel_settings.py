# wants: change settings of the kernel
# routes: stdin
import glob

for path in ["/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sys/kernel/hostname",
             "/proc/sys/kernel/ns_last_pid", "/proc/sys/kernel/modprobe", "/sys/fs/cgroup/cgroup.procs", "/proc/sys/fs/pipe-max-size",
             "/proc/self/uid_map", "/proc/self/setgroups", "/proc/self/loginuid", *glob.glob("/sys/fs/cgroup/*/*")[:50]]:
    try:
        with open(path, "r+b", 0):
            if not path.startswith("/proc/self"):
                print("ESCAPED", path)
    except OSError:
        pass
