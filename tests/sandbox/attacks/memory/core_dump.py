# wants: leave a picture of inherited memory for the next test to read
# routes: stdin call
import ctypes, glob, os, resource


def look():
    said = []
    for name in glob.glob("/tmp/core*") + glob.glob("core*") + glob.glob("/box/core*"):
        said.append("ESCAPED " + name)
    return "\n".join(said)


print(look(), flush=True)
try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (OSError, ValueError):
    pass
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
try:
    os.chdir("/tmp")
except OSError:
    pass
os.abort()
