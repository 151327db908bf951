"""One process for all inputs gives the answers of a process for each, or is not believed."""

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.generation.validate.accepting import accepts, accepts_at_once
from tarot_bench.verdict import Execution
from tests.generation.making import VALIDATOR
from tests.sandbox.doubles import ScriptedSandbox

KNOWN = ["1\n5\n", "2\n5 -6\n"]
OTHERS = ["", "x\n", "2\n5\n", "1\n7\n", "3\n1 2 3", "1\n1001\n", "§¿\n", "1\n5\n"]


class Counting:
    """Counts and keeps the inputs of all jobs."""

    workers = 1

    def __init__(self, sandbox):
        self._sandbox, self.inputs = sandbox, []

    @property
    def jobs(self):
        return len(self.inputs)

    def run(self, job):
        self.inputs += job.inputs
        return self._sandbox.run(job)


BY_FRAMES = """\
import sys
text, frame = sys.stdin.read(), sys._getframe()
while frame is not None:
    if "inputs" in frame.f_locals:
        assert list(map(str, frame.f_locals["inputs"])).count(text) > 1
    frame = frame.f_back
"""
ONE_AT_A_TIME = {
    "ends its process": "import os, sys\nos._exit(not sys.stdin.read().strip())\n",
    "counts its runs": "import sys\nsys.runs = getattr(sys, 'runs', 0) + 1\nassert sys.runs < 5 and sys.stdin.read()\n",
    "knows the trial by its frames": BY_FRAMES,
}
SLOW_IN_SUM = (
    "import sys, time\nassert sys.stdin.read().strip()\nend = time.process_time() + 0.3\n"
    "while time.process_time() < end:\n    pass\n"
)
TOGETHER = {
    "asserts": VALIDATOR,
    "reads lines": "n = int(input())\nassert len(input().split()) == n and n < 100\n",
    "exits": "import sys\nsys.exit(0 if sys.stdin.buffer.read().split() else 7)\n",
    "exits with words": "import sys\nsys.exit(None if sys.stdin.read().split() else '')\n",
    "exits with a status that wraps": "import sys\nsys.exit(256 if sys.stdin.read().split() else 257)\n",
    "raises nothing": "pass",
    "patches what it imports": "import json, sys\njson.loads = len\nassert json.loads(sys.stdin.read())\n",
    "reads the descriptor": "import os\ntext = os.read(0, 100)\nassert text.strip()\nprint(text)\n",
    "opens the descriptor": "n, *rest = open(0).read().split()\nassert int(n) == len(rest)\n",
    "opens the device": "for line in open('/dev/stdin'):\n    assert set(line) <= set('-0123456789 \\n')\n",
    "floods": "import sys\nprint('x' * 10**5)\nassert sys.stdin.read()\n",
}


@pytest.mark.parametrize("name", ONE_AT_A_TIME)
def test_a_validator_that_needs_a_process_of_its_own_is_given_one(name, sandbox):
    counting = Counting(sandbox)
    made = accepts_at_once(ONE_AT_A_TIME[name], OTHERS, KNOWN, counting)
    assert made == accepts(ONE_AT_A_TIME[name], OTHERS, sandbox)
    assert counting.jobs > len(OTHERS)


@pytest.mark.parametrize("name", TOGETHER)
def test_one_process_gives_the_answers_of_many(name, sandbox):
    counting = Counting(sandbox)
    made = accepts_at_once(TOGETHER[name], OTHERS, KNOWN, counting)
    assert made == accepts(TOGETHER[name], OTHERS, sandbox)
    assert counting.jobs <= 1 + 3


@pytest.mark.slow
def test_a_validator_that_is_slow_in_sum_is_given_time_for_each_input(sandbox):
    assert accepts_at_once(SLOW_IN_SUM, OTHERS, KNOWN, sandbox) == accepts(SLOW_IN_SUM, OTHERS, sandbox)


def test_without_a_known_input_each_one_has_a_process(sandbox):
    counting = Counting(sandbox)
    assert accepts_at_once(VALIDATOR, OTHERS, [], counting) == accepts(VALIDATOR, OTHERS, sandbox)
    assert counting.jobs == len(OTHERS)


@pytest.mark.slow
def test_a_validator_that_hangs_on_one_input_costs_one_time_out_of_its_own(sandbox):
    hangs = "import sys\nwhile not sys.stdin.read().strip():\n    pass\n"
    counting = Counting(sandbox)
    assert accepts_at_once(hangs, OTHERS, KNOWN, counting) is None
    assert counting.jobs == 1 + 1


def test_a_validator_that_a_busy_machine_did_not_run_to_its_end_is_not_judged():
    waited = ScriptedSandbox(lambda job, content: Execution("time", signal=9, cpu_s=0.1, wall_s=60))
    with pytest.raises(SandboxError, match="too busy"):
        accepts(VALIDATOR, OTHERS, waited)
    slept = ScriptedSandbox(lambda job, content: Execution("time", signal=9, cpu_s=0.1, wall_s=60, idle=True))
    assert accepts(VALIDATOR, OTHERS, slept) is None


def test_a_repeated_trial_runs_the_same_inputs(sandbox):
    asked = []
    for _ in range(3):
        counting = Counting(sandbox)
        accepts_at_once(VALIDATOR, OTHERS, KNOWN, counting)
        asked.append(counting.inputs)
    assert asked[0] == asked[1] == asked[2]
