"""The benchmark refuses what is not a comparison, and its sides do the work that they claim to do."""

import json
import subprocess
import sysconfig

import pytest

from tarot_bench.problem import TIERS, Problem, TestCase
from tests.bench import report, work
from tests.bench.__main__ import main
from tests.bench.machine import ENVIRONMENT, CleanPython
from tests.bench.rows import Row
from tests.bench.timing import Bench, Measured, RefusedError, Side, take_turns, times_faster, times_faster_by_program

ROW = {
    "task_id": "made/0",
    "prompt": 'def spread(numbers):\n    """The largest number minus the smallest."""\n',
    "canonical_solution": "    numbers.sort()\n    return numbers[-1] - numbers[0]\n",
    "entry_point": "spread",
    "test": "def check(candidate):\n    assert candidate([3, 1, 2]) == 2\n    assert candidate([5]) == 0\n",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("bench")
    packages = (sysconfig.get_path("purelib"),)
    return Bench(2, 0.01, 100, 4, CleanPython(scratch / "python"), packages, scratch)


def subprocess_side(bench, problems, label="cold"):
    return Side(label, "subprocess_per_test", problems, {"python": bench.python.executable})


def wrong(problem):
    tests = tuple(test.model_copy(update={"output": "9\n"}) for test in problem.tests)
    return problem.model_copy(update={"tests": tests})


def test_a_side_that_finds_a_program_wrong_has_its_row_refused(bench):
    with pytest.raises(RefusedError, match="cold: 1 right programs judged wrong, as trivial/0: WRONG_ANSWER"):
        take_turns(bench, [subprocess_side(bench, [wrong(work.trivial()[0])])])


def test_a_side_that_fails_has_its_row_refused_with_the_reason(bench):
    with pytest.raises(RefusedError, match=r"broken: TypeError: .*no_such_option"):
        take_turns(bench, [Side("broken", "warm", work.trivial()[:1], {"no_such_option": 1})])


def test_a_recorded_call_keeps_the_arguments_from_before_the_call():
    problem = work.recorded(ROW)
    assert [(test.input, test.output) for test in problem.original_tests] == [("[[3,1,2]]", "2"), ("[[5]]", "0")]


@pytest.mark.parametrize("side", ["subprocess_per_test", "process_per_candidate", "evalplus"])
def test_every_peer_tells_right_calls_from_wrong_ones(bench, side):
    if side == "evalplus":
        pytest.importorskip("evalplus")
    options = {"python": bench.python.executable} if side == "subprocess_per_test" else {}
    right = work.recorded(ROW)
    rounds = take_turns(bench, [Side(side, side, [right], options)])
    assert len(rounds[side]) == bench.repeats
    calls = (right.original_tests[0], TestCase(tier=None, kind="call", input="[[5]]", output="1"))
    with pytest.raises(RefusedError, match="1 right programs judged wrong"):
        take_turns(bench, [Side(side, side, [right.model_copy(update={"original_tests": calls})], options)])


@pytest.mark.parametrize("cold", [False, True], ids=["sandbox", "subprocess"])
def test_both_sides_of_the_reward_earn_everything_with_golds_and_are_refused_with_anything_else(bench, cold):
    options = {"distinct": 2} | ({"python": bench.python.executable} if cold else {})
    right = work.groups(1)[0]
    assert len(take_turns(bench, [Side("reward", "rewarded", [right], options)])["reward"]) == bench.repeats
    with pytest.raises(RefusedError, match="judged wrong, as group/0: rewards"):
        take_turns(bench, [Side("reward", "rewarded", [wrong(right)], options)])


def test_ratios_are_taken_within_each_turn_and_per_pass():
    fast = [{"passes": 2, "wall_s": 2.0, "cpu_s": 1.0, "seconds": [[0.1, 0.2], [0.1, 0.2]]}]
    slow = [{"passes": 1, "wall_s": 6.0, "cpu_s": 1.0, "seconds": [[0.5, 0.2]]}]
    measured = times_faster({"us": fast, "them": slow}, "us", "them")
    assert (measured.values, measured.cpu_values) == ([6.0], [2.0])
    assert times_faster_by_program({"us": fast, "them": slow}, "us", "them").values == [3.0]


@pytest.mark.parametrize(
    ("unit", "values", "reached"),
    [
        ("x", [5.0, 7.0, 9.0], "must"),
        ("x", [8.0], "aim"),
        ("x", [5.9], "MISSED"),
        ("%", [7.0], "must"),
        ("%", [4.0], "aim"),
        ("%", [8.5], "MISSED"),
    ],
)
def test_a_row_reaches_its_marks_from_the_right_side(unit, values, reached):
    row = Row("name", "work", lambda bench: None, must=6 if unit == "x" else 8, aim=8 if unit == "x" else 6, unit=unit)
    assert report.verdict(row, Measured(values, [], {})) == reached


def test_one_bad_moment_is_enough_to_miss_the_memory_mark():
    row = Row("jobs", "work", lambda bench: None, must=20, aim=None, unit="MiB")
    assert report.verdict(row, Measured([0.0, 0.0, 25.0], [], {})) == "MISSED"


def test_the_clean_interpreter_starts_nothing_but_the_standard_library(bench):
    code = "import sys; print(*{getattr(m, '__file__', None) for m in sys.modules.values()} - {None}, sep='\\n')"
    command = [bench.python.executable, "-c", code]
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
    assert [path for path in said.split() if "-packages" in path] == []
    assert bench.python.facts()["pth_files"] == []
    assert not [name for name in ENVIRONMENT if name.startswith("PYTHON")]


@pytest.mark.slow
def test_a_quick_run_writes_its_measurements_and_prints_a_table(tmp_path, capsys):
    words = ["--quick", "--repeats", "1", "--only", "trivial", "--only", "jobs", "--output", str(tmp_path)]
    status = main(words)
    said = json.loads((tmp_path / "bench.json").read_text())
    assert {"machine", "python", "load_at_start", "load_at_end", "rows"} <= set(said)
    trivial, jobs = said["rows"]
    assert trivial["why"] == jobs["why"] == ""
    assert {len(rounds) for rounds in trivial["raw"].values()} == {1}
    assert len(trivial["raw"]["opponent"][0]["seconds"][0]) == 24
    table = capsys.readouterr().out
    assert "trivial programs x 5 tests" in table
    assert (status == 1) == ("MISSED" in table)


def test_all_work_is_well_formed():
    assert len(work.trivial()) == 24
    assert {len(problem.tests) for problem in work.trivial()} == {5}
    assert [[test.tier for test in problem.tests] for problem in work.groups()] == [list(TIERS)] * 64
    assert all(isinstance(problem, Problem) for problem in [*work.numpy_programs(), *work.embedded()])
