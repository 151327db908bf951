"""Programs that try to earn a pass without an answer. What comes back is data, and the kernel's word."""

import pytest

from tarot_bench.sandbox.values import decode

TESTER = "assert candidate(2) == 4\nassert candidate(3) == 9"


def status(result):
    return decode(result.result)["status"]


@pytest.mark.parametrize(
    "source",
    [
        "class E:\n    def __eq__(self, other): return True\ndef f(x): return E()",
        "class E(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "def f(x): return E(0)",
        "class E(dict):\n    def __eq__(self, other): return True\ndef f(x): return E()",
        "class E(str):\n    def __eq__(self, other): return True\ndef f(x): return E('4')",
        "import unittest\ndef f(x): raise unittest.SkipTest()",
        "def f(x): raise AssertionError",
        "def f(x): raise SystemExit(0)",
        "def f(x): raise KeyboardInterrupt",
        "def f(x): raise GeneratorExit",
        "def f(x): raise StopIteration",
        "import os\ndef f(x): os._exit(0)",
        "import sys\ndef f(x): sys.exit(0)",
        "import os, signal\ndef f(x): os.kill(os.getpid(), 9)",
        "import builtins as b\nb.AssertionError = ZeroDivisionError\nb.__build_class__ = None\ndef f(x): return 5",
        "import sys\ndef f(x):\n    sys.modules['json'].dumps = lambda *a, **k: '{\"value\": 4}'\n    return 5",
        "import os\ndef f(x):\n    for fd in range(3, 64):\n"
        '        try: os.write(fd, b\'{"status":"passed","detail":""}\')\n        except OSError: pass\n    return 5',
        'import os\nfor fd in range(3, 64):\n    try: os.write(fd, b\'{"status":"passed","detail":""}\')\n'
        "    except OSError: pass\nos._exit(0)",
        "import os\ndef f(x):\n    os.write(4, (2**31 - 1).to_bytes(4, 'little')); os._exit(0)",
        "import os\ndef f(x):\n    os.write(4, b'\\xff\\xff\\xff\\xff' * 10); return 5",
        "import os\ndef f(x):\n    body = b'[' * 100000; os.write(4, len(body).to_bytes(4, 'little') + body); return 5",
        'import os\ndef f(x):\n    body = b\'{"!":["set",[[]]]}\'\n    os.write(4, bytes([len(body), 0, 0, 0]) + body)',
        "import os\ndef f(x):\n    os.write(4, b'\\3\\0\\0\\0[1]'); return 5",
        "import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame:\n"
        "        for name in list(frame.f_globals):\n"
        "            if name.startswith('_write'): frame.f_globals[name] = lambda *a: None\n"
        "        frame = frame.f_back\n    return 5",
        "import gc\ndef f(x):\n    for thing in gc.get_objects():\n"
        "        if isinstance(thing, dict) and 'status' in thing: thing['status'] = 'passed'\n    return 5",
        "def f(x): return float('nan')",
        "def f(x): return [4, 9]",
        "def f(x): return '4'",
    ],
)
def test_a_suite_is_not_passed(sealed, source):
    result = sealed.suite(source, TESTER)
    assert status(result) in ("failed", "raised")


def test_the_same_suite_is_passed_by_the_answer(sealed):
    assert status(sealed.suite("def f(x): return x * x", TESTER)) == "passed"


def test_a_tester_s_own_code_cannot_be_reached(sealed):
    source = """
import gc, sys
def f(parts):
    seen = []
    frame = sys._getframe().f_back
    while frame:
        seen += [repr(value) for value in frame.f_locals.values()] + [repr(frame.f_code.co_consts)]
        frame = frame.f_back
    seen += [repr(thing) for thing in gc.get_objects() if isinstance(thing, (str, tuple, list, dict))]
    return sum("-".join(parts) in text for text in seen)
"""
    tester = "expected = 'hidden-expectation'\nassert candidate(['hidden', 'expectation']) == 0"
    assert status(sealed.suite(source, tester, cpu_s=5)) == "passed"


def test_swallowing_the_loss_of_a_candidate_is_no_pass(sealed):
    tester = "try:\n    candidate(1)\nexcept BaseException:\n    pass"
    assert status(sealed.suite("import os\ndef f(x): os._exit(0)", tester)) == "raised"


def test_arguments_that_a_candidate_changes_are_its_own_copy(sealed):
    tester = "data = [3, 1, 2]\ncandidate(data)\nassert data == [3, 1, 2]"
    assert status(sealed.suite("def f(x): x.clear(); x.append(9)", tester)) == "passed"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.write(4, b'[]'); os._exit(0)\ndef f(x): return 5",
        "import os\ndef f(x):\n    os.write(4, b'not json'); os._exit(0)",
        'import os\ndef f(x):\n    os.write(4, b\'{"!":["eval","1"]}\'); os._exit(0)',
        "import os\ndef f(x):\n    os.write(4, b'[' * 100000); os._exit(0)",
    ],
)
def test_a_forged_result_is_only_a_claim(sealed, source):
    from tarot_bench.sandbox.values import EncodingError

    result = sealed.call(source, 2)
    try:
        claim = decode(result.result)
    except EncodingError:
        return
    assert claim == []


def test_a_result_larger_than_the_cap_is_an_output_limit(sealed):
    assert sealed.call("def f(): return 'x' * (2 << 20)").outcome == "output"


def test_the_clock_cannot_make_time_stand_still(sealed):
    source = "import time\ntime.time = time.monotonic = time.process_time = lambda: 0\nwhile True: pass"
    result = sealed.stdin(source, cpu_s=0.5)
    assert result.outcome == "time"
    assert result.cpu_s >= 0.5


@pytest.mark.parametrize("leave", ["os._exit(0)", "sys.exit(0)", "os.kill(os.getpid(), 9)"])
def test_output_that_was_never_flushed_or_flushed_twice_is_what_a_shell_would_see(run, leave):
    result = run.stdin(f"import os, sys\nprint('buffered')\n{leave}")
    assert result.stdout == (b"buffered\n" if "sys" in leave else b"")


def test_a_program_cannot_pose_as_uncompilable_or_lost(sealed):
    source = "import os\nfor fd in range(3, 256):\n    for text in (b'C', b'H', bytes(30)):\n"
    source += "        try: os.write(fd, text)\n        except OSError: pass\nprint('done')"
    results = sealed.many(source, [b""] * 2)
    assert [result.outcome for result in results] == ["exited"] * 2
    assert [result.stdout for result in results] == [b"done\n"] * 2
