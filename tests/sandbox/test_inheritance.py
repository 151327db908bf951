"""A program inherits the memory of the process that it was forked from; nothing of any other job may be in there."""

import pytest

from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job
from tarot_bench.sandbox.backends.local.pool import LocalSandbox
from tarot_bench.sandbox.values import encode

LIMITS = Limits(cpu_s=20, wall_s=60, memory_mib=2048)
MARK = "gold-mine-5150"
# Looks for a text that is not spelled out in its own source, in every writable mapping, by address.
SEARCH = """
import ctypes, sys
wanted = "-".join(sys.argv[1:] or ["gold", "mine", "5150"]).encode()
own = "never-said-5151".encode()
found = {wanted: 0, own: 0}
for line in open("/proc/self/maps"):
    words = line.split()
    start, end = [int(word, 16) for word in words[0].split("-")]
    if "r" in words[1] and "w" in words[1] and end - start < 1 << 28:
        memory = ctypes.string_at(start, end - start)
        for text in found:
            at = memory.find(text)
            while at >= 0:
                found[text] += 1
                at = memory.find(text, at + 1)
# What is looked for is itself in memory: once as bytes, in a few copies of their making.
print(found[wanted] <= 3, found[own] > 0)
"""
# Without /proc: the arenas that known objects lie in, and what malloc has from the kernel.
SEARCH_HEAP = """
import ctypes, sys
wanted, own = "-".join(["gold", "mine", "5150"]).encode(), "never-said-5151".encode()
arenas = set()
for module in list(sys.modules.values()):
    for name, thing in list(vars(module).items()):
        for part in (name, thing, getattr(thing, "__code__", None), getattr(thing, "__dict__", None)):
            arenas.add(id(part) >> 20)
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
top = libc.sbrk(0)
vector = ctypes.create_string_buffer(1)
def is_mapped(address):
    return libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(4096), vector) == 0
mine = id(object()) >> 20
memory = [ctypes.string_at(n << 20, 1 << 20) for n in sorted(arenas) if abs(n - mine) < 64 and
          all(is_mapped((n << 20) + at) for at in range(0, 1 << 20, 4096))]
bottom = top
while is_mapped(bottom - 4096):
    bottom -= 4096
memory.append(ctypes.string_at(bottom, top - bottom))
found = [sum(part.count(text) for part in memory) for text in (wanted, own)]
print(found[0] <= 3, found[1] > 0 and len(memory) > 1)
"""


@pytest.fixture(params=["full", "landlock"])
def opened(request):
    if request.param == "landlock":
        request.getfixturevalue("without_namespaces")
    with LocalSandbox(1) as sandbox:
        assert sandbox.info.level == request.param
        yield sandbox


def skip_without_proc(sandbox, search=SEARCH):
    if search is SEARCH and sandbox.info.level == "landlock":
        pytest.skip("no /proc to search by at this level")


def gold_runs(sandbox, preamble=""):
    """A program whose source, warnings, input, output, entry point and suite all hold the mark."""
    source = (
        f"{preamble}\nmark = '{MARK}'\nassert (mark, 'is', '{MARK}')\nprint(input(), mark)\n" + f"# {MARK}\n" * 2000
    )
    for count in (1, 3, 20):
        results = sandbox.run(Job(source, "stdin", (MARK.encode(),) * count, LIMITS))
        assert all(MARK.encode() in result.stdout for result in results)
    name = "f_" + MARK.replace("-", "_")
    function = f"{preamble}\ndef {name}(x):\n    '{MARK}'\n    return x + '{MARK}'"
    for count in (1, 3):
        assert sandbox.run(Job(function, "call", (encode([MARK]),) * count, LIMITS, name))[0].ok
    assert sandbox.run(Job(function, "calls", (encode([[[MARK], {}]]),), LIMITS, name))[0].ok
    suite = f"assert candidate('{MARK}') == '{MARK}' * 2".encode()
    assert b"passed" in (sandbox.run(Job(function, "suite", (suite,), LIMITS, name))[0].result or b"")
    sandbox.run(Job(f"x = = '{MARK}'", "stdin", (b"",), LIMITS))  # does not compile


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("search", [SEARCH, SEARCH_HEAP])
def test_nothing_of_an_earlier_job_is_in_the_memory_of_a_later_one(opened, count, search):
    skip_without_proc(opened, search)
    gold_runs(opened)
    results = opened.run(Job(search, "stdin", (b"",) * count, LIMITS))
    assert [result.stdout for result in results] == [b"True True\n"] * count, results[0].stderr


def test_nothing_of_an_earlier_job_is_in_the_memory_of_a_jail_with_numpy(opened):
    skip_without_proc(opened)
    gold_runs(opened, "import numpy")
    (result,) = opened.run(Job("import numpy" + SEARCH, "stdin", (b"",), LIMITS))
    assert result.stdout == b"True True\n", result.stderr


def test_an_input_is_not_in_the_memory_of_the_test_that_follows(opened):
    skip_without_proc(opened)
    source = "if input() != 'search': print('once')\nelse:\n" + "\n".join("    " + line for line in SEARCH.splitlines())
    first, second = opened.run(Job(source, "stdin", (MARK.encode(), b"search"), LIMITS))
    assert (first.stdout, second.stdout) == (b"once\n", b"True True\n"), second.stderr


@pytest.mark.parametrize("search", [SEARCH, SEARCH_HEAP])
def test_the_search_finds_what_is_there(opened, search):
    """Otherwise these tests could not fail."""
    skip_without_proc(opened, search)
    source = f"kept = b'{MARK}' * 2000\n" + search
    (result,) = opened.run(Job(source, "stdin", (b"",), LIMITS))
    assert result.stdout == b"False True\n"
