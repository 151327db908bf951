# wants: change the interpreter that the next program will find
# routes: stdin call suite
import builtins, gc, json, math, os, random, resource, signal, sys

if getattr(builtins, "note", None) or math.pi == 3 or os.environ.get("NOTE") or os.umask(0o22) == 0:
    print("ESCAPED", flush=True)
builtins.note = True
math.pi = 3
os.environ["NOTE"] = "1"
os.putenv("NOTE", "1")
os.umask(0)
os.chdir("/")
sys.path.insert(0, "/tmp")
sys.setrecursionlimit(50_000)
random.seed(1)
json.dumps = None
gc.disable()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.alarm(1)
for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_STACK):
    resource.setrlimit(kind, (50, resource.getrlimit(kind)[1]))


def solve(token):
    return token
