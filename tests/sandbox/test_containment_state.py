"""Nothing survives from one test to the next, of the same program or of another."""

import pytest

LEAVE = {
    "a file in tmp": "open('/tmp/x', 'w').write('x')",
    "a hidden file": "open('/tmp/.x', 'w').write('x')",
    "a file in the working directory": "open('x', 'w').write('x')",
    "a file in shared memory": "open('/dev/shm/x', 'w').write('x')",
    "a directory": "import os; os.makedirs('/tmp/a/b/c')",
    "a directory that cannot be entered": "import os; os.mkdir('/tmp/a'); open('/tmp/a/b', 'w'); os.chmod('/tmp/a', 0)",
    "a deep tree": "import os\nfor _ in range(300):\n    os.mkdir('d'); os.chdir('d')",
    "a fifo": "import os; os.mkfifo('/tmp/x')",
    "a link": "import os; os.symlink('/proc/self/exe', '/tmp/x')",
    "a socket": "import socket\n# fork\nsocket.socket(socket.AF_UNIX).bind('/tmp/x')",
    "posix shared memory": "from multiprocessing import shared_memory as s\n"
    "x = s.SharedMemory('x', create=True, size=9)\nimport os; os._exit(0)",
    "a posix semaphore": "import _multiprocessing as m\nm.SemLock(1, 1, 1, '/x', False)\nimport os; os._exit(0)",
    "a mode of the program": "import os\ntry: os.chmod(__file__, 0o604)\nexcept OSError: pass",
    "times of the program": "import os\ntry: os.utime(__file__, (1, 1))\nexcept OSError: pass\nopen(__file__).read()",
    "a mode of the box": "import os\ntry: os.chmod('/box', 0o705)\nexcept OSError: pass",
    "a time of the box": "import os\nos.listdir('/box')\ntry: os.utime('/box', (1, 1))\nexcept OSError: pass",
    "a mode of tmp": "import os\ntry: os.chmod('/tmp', 0)\nexcept OSError: pass",
    "a time of tmp": "import os\ntry: os.utime('/tmp', (1, 1))\nexcept OSError: pass",
}
LOOK = """
import os
left = [name for top in ("/tmp", "/dev/shm", ".") for name in os.listdir(top)]
tmp, box, own = os.stat("/tmp"), os.stat("/box"), os.stat(__file__)
modes = [oct(status.st_mode) for status in (tmp, box, own)]
fresh = all(min(status.st_mtime, status.st_atime) > 1e9 for status in (tmp, box, own)) and own.st_atime <= own.st_mtime
print(left, *modes, fresh)
"""
CLEAN = b"[] 0o41777 0o40777 0o100644 True\n"


@pytest.mark.parametrize("what", LEAVE)
def test_the_next_program_does_not_find(sealed, what):
    sealed.stdin(LEAVE[what])
    assert sealed.stdin(LOOK).stdout == CLEAN


@pytest.mark.parametrize("what", LEAVE)
def test_the_next_test_of_the_same_program_does_not_find(warm, what):
    results = warm.many(LOOK.replace("fresh)", "fresh, flush=True)") + LEAVE[what], [b""] * 3)
    assert [result.stdout for result in results] == [CLEAN] * 3


@pytest.mark.parametrize(
    "change",
    [
        "import builtins; builtins.print = None; builtins.sum = lambda x: 42",
        "import sys; sys.modules['math'] = None; sys.modules['json'] = 7",
        "import math; math.pi = 3",
        "import os; os.environ['X'] = '1'; os.putenv('Y', '2')",
        "import os; os.chdir('/'); os.umask(0); os.nice(5)",
        "import sys; sys.path.insert(0, '/tmp'); sys.argv.append('x'); sys.setrecursionlimit(77777)",
        "import random; random.seed(5); random.random()",
        "import decimal; decimal.getcontext().prec = 5",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.alarm(1)",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",
        "import gc; gc.disable()",
        "import sys; sys.stdout = None; sys.stderr = None; sys.excepthook = None",
        "import os; os.close(0); os.close(1); os.close(2)",
        "import fcntl; fcntl.fcntl(1, fcntl.F_SETFL, 2048)",
        "import atexit; atexit.register(print, 'late')",
        "import linecache, sys; sys.settrace(lambda *a: None)",
        "import ctypes; ctypes.memset(id(7) + 24, 9, 1)",
    ],
)
def test_changes_to_the_interpreter_stay_in_their_test(sealed, change):
    probe = """
import math, json, os, sys, random, signal, decimal, resource, gc, atexit
print(sum([1, 2]), math.pi > 3.1, json.dumps(1), os.environ.get("X"), os.getcwd(), os.umask(0o22), sys.argv[1:],
      sys.getrecursionlimit(), decimal.getcontext().prec, signal.getsignal(signal.SIGTERM), gc.isenabled(),
      resource.getrlimit(resource.RLIMIT_NOFILE), os.getpriority(0, 0), signal.alarm(0), 7 + 0, sys.gettrace())
"""
    expected = sealed.stdin(probe).stdout
    assert expected.startswith(b"3 True 1 None")
    both = f"text = input()\nif text == 'change':\n    {change!r}\n    exec({change!r})\nelse:\n    exec({probe!r})"
    results = sealed.many(both, [b"change", b"look", b"change", b"look"])
    assert [results[1].stdout, results[3].stdout] == [expected] * 2
    assert sealed.stdin(probe).stdout == expected


def test_no_process_of_an_earlier_test_is_there(sealed):
    source = """
import os, time
mine = 1, os.getpid(), os.getppid()
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in mine))
if os.fork() == 0:
    time.sleep(100)
"""
    assert [result.stdout for result in sealed.many(source, [b""] * 3)] == [b"[]\n"] * 3


def test_no_test_knows_how_many_came_before(warm):
    counted = "n = globals().get('n', 0) + 1\nimport sys\nsys.n = getattr(sys, 'n', 0) + 1\nprint(n, sys.n)"
    assert [result.stdout for result in warm.many(counted, [b""] * 3)] == [b"1 1\n"] * 3
