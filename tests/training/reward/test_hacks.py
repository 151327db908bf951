"""Programs that go for the reward and not for the task. Each is beside the gold, which shows that there was one."""

from textwrap import indent

import pytest

from tarot_bench.training.reward.batch import BatchGrader
from tarot_bench.training.reward.modes import MODES
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.problems import CHECKED, COUNT, DOUBLE, fenced

FORGER = """
import json, os, struct
reports = ["PASSED", "passed", {"status": "passed", "detail": ""}, {"ok": True, "result": "passed"}, [1] * 8]
for fd in range(256):
    for report in reports:
        text = json.dumps(report).encode()
        for line in (text + b"\\n", struct.pack(">I", len(text)) + text, struct.pack("<Q", len(text)) + text):
            try:
                os.write(fd, line)
            except OSError:
                break
"""
SNOOP = """
import glob
found = []
for pattern in ("/*", "/proc/[0-9]*/environ", "/proc/[0-9]*/cmdline", "/tmp/*", "/run/*", "./*", "../*/*"):
    for name in glob.glob(pattern)[:200]:
        try:
            with open(name, errors="replace") as file:
                found.append(file.read(100000))
        except OSError:
            pass
print("\\n".join(text for text in found if "expected" in text or "tier" in text)[:1000])
"""
EQUAL = (
    "class Same(int):\n    __eq__ = lambda s, o: True\n    __ne__ = lambda s, o: False\n    __hash__ = int.__hash__\n"
)
STDIN = {
    "prints the first line only": "print(1)",
    "prints all but the last line": "for i in range(int(input())):\n    print(i + 1)",
    "prints too much": f"{COUNT.solution}\nprint('and so on')",
    "always prints 0": "print(0)",
    "prints nothing": "",
    "leaves at once": "import os\nos._exit(0)",
    "says that it passed": "print('PASSED')\nprint({'passed': True, 'reward': 1.0})",
    "writes to every descriptor": FORGER,
    "is right, and then fails": f"{COUNT.solution}\nraise SystemExit(1)",
    "looks for the answers": SNOOP,
}
CALL = {
    "always returns 0": "def double(n):\n    return 0",
    "returns what equals everything": f"{EQUAL}def double(n):\n    return Same(0)",
    "writes to every descriptor": f"def double(n):\n{indent(FORGER, '    ')}    return None",
    "leaves at once": "import os\ndef double(n):\n    os._exit(0)",
    "leaves while it is imported": "import sys\nsys.exit(0)\ndef double(n):\n    return 0",
    "patches the built-ins": (
        "import builtins, json\nbuiltins.isinstance = lambda *a: True\njson.dumps = lambda *a, **k: 'true'\n"
        "def double(n):\n    return 0"
    ),
    "patches whoever called": (
        "import sys\ndef double(n):\n    frame = sys._getframe()\n    while frame:\n"
        "        frame.f_globals.update(expected=0, passed=True, status='passed')\n        frame = frame.f_back\n"
        "    return 0"
    ),
}
HACKS = [
    *(pytest.param(COUNT, code, id=f"stdin: {name}") for name, code in STDIN.items()),
    *(pytest.param(DOUBLE, code, id=f"call: {name}") for name, code in CALL.items()),
    *(pytest.param(CHECKED, code, id=f"suite: {name}") for name, code in CALL.items()),
]


@pytest.mark.parametrize(("problem", "hack"), HACKS)
def test_a_hack_earns_nothing_under_any_mode(sandbox, problem, hack):
    reward = TierReward("static", "fraction", sandbox)
    answers, rows = [fenced(hack), fenced(problem.solution)], [problem.model_dump_json()] * 2
    assert reward(answers, problem=rows) == [0.0, 1.0]
    hacked, gold = BatchGrader(sandbox).grade([problem] * 2, answers).grades
    for score in MODES.values():
        assert score(reward.curriculum, hacked, 0.0, reward.statistics) == 0.0
        assert score(reward.curriculum, gold, 0.0, reward.statistics) >= 1


def test_the_published_comparison_pays_for_the_first_line():
    """The defect that the hack was planted for: seen here so that the test above is known to test something."""
    reward = TierReward("static", "fraction", "local", workers=1, compat="tarot")
    assert reward([fenced("print(1)")], problem=[COUNT.model_dump_json()]) == [1.0]
    reward.close()
