"""CodeForces on rows of the dataset's exact shape with problems of our own: limits, checkers, what is left out."""

import json

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.verdict import Verdict

CODEFORCES = open_benchmark("codeforces")
SPLIT_CHECKER = """
import sys

def main():
    given, expected, output = (open(path).read() for path in sys.argv[1:4])
    total = int(given)
    a, b = map(int, output.split())
    print(1 if a > 0 and b > 0 and a + b == total else 0)

if __name__ == "__main__":
    main()
"""


def row(**changes):
    """Write a number as the sum of two positive ones; any two will do."""
    fields = {
        "id": "9000/A",
        "aliases": None,
        "contest_id": "9000",
        "contest_name": "Round",
        "contest_type": "CF",
        "contest_start": 1700000000,
        "contest_start_year": 2023,
        "index": "A",
        "time_limit": 1.0,
        "memory_limit": 256.0,
        "title": "Two Parts",
        "description": "Write n as the sum of two positive integers.",
        "input_format": "One integer n.",
        "output_format": "Two integers. Any answer is accepted.",
        "interaction_format": None,
        "note": None,
        "examples": [{"input": "5", "output": "1 4"}],
        "editorial": "SECRET: print 1 and n - 1.",
        "rating": 800,
        "tags": ["math"],
        "testset_size": 2,
        "official_tests": [{"input": "5\n", "output": "1 4\n"}, {"input": "1000000\n", "output": "1 999999\n"}],
        "official_tests_complete": True,
        "input_mode": "stdio",
        "generated_checker": SPLIT_CHECKER,
        "executable": True,
        "generated_tests": 0,
    }
    return fields | changes


@pytest.fixture
def one(jsonl):
    return lambda **changes: next(iter(CODEFORCES.load(jsonl("codeforces.jsonl", [row(**changes)]), None, None)))


def verdicts(grade):
    return [result.verdict for result in grade.results]


def test_the_prompt_shows_all_but_editorial_and_tests(one):
    text = Prompt("codeforces").render(one(note="Mind the zero."))
    for shown in (
        "Two Parts",
        "sum of two positive",
        "One integer n",
        "Two integers",
        "1 4",
        "Mind the zero",
        "1 second",
    ):
        assert shown in text
    assert "SECRET" not in text
    assert "999999" not in text


def test_the_editorial_is_nowhere_in_the_problem(one):
    assert "SECRET" not in one().model_dump_json()


def test_any_right_answer_passes_the_checker(one, judge_code):
    problem = one()
    assert judge_code(problem, "n = int(input())\nprint(n - 1, 1)").solved
    assert judge_code(problem, "n = int(input())\nprint(n // 2, n - n // 2)").solved
    assert verdicts(judge_code(problem, "n = int(input())\nprint(0, n)")) == [Verdict.WRONG_ANSWER] * 2
    assert verdicts(judge_code(problem, "print(2, 3)")) == [Verdict.PASSED, Verdict.WRONG_ANSWER]


@pytest.mark.parametrize("code", ["print('no idea')", "print(1)", "print()", "print('\\x00\\udcff')"])
def test_an_output_that_the_checker_stumbles_over_is_wrong(one, judge_code, code):
    wrong = judge_code(one(), code)
    assert all(verdict in (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR) for verdict in verdicts(wrong))


@pytest.mark.parametrize(
    "checker",
    ["raise ValueError('broken')", "print('fine')", "import sys\nsys.exit(0)", "def (", "open('/nowhere')"],
)
def test_a_checker_at_fault_leaves_the_test_ungraded(one, judge_code, checker):
    grade = judge_code(one(generated_checker=checker), "print(1, 4)")
    assert verdicts(grade) == [Verdict.UNGRADED] * 2
    assert "the problem's checker failed" in grade.results[0].detail


@pytest.mark.parametrize(
    ("checker", "verdict"),
    [
        ("print(1)", Verdict.PASSED),
        ("print('looking...')\nprint('1.0')", Verdict.PASSED),
        ("print(1)\nraise SystemExit(0)", Verdict.PASSED),
        ("print(0)", Verdict.WRONG_ANSWER),
        ("print(0.5)", Verdict.WRONG_ANSWER),
        ("print(0)\nraise SystemExit(1)", Verdict.WRONG_ANSWER),
        ("import sys\nprint(int(open(sys.argv[3]).read() == '7\\n'))", Verdict.PASSED),
        ("print(1, end='')", Verdict.PASSED),
        ("import sys\nsys.stdout.write('1\\n')", Verdict.PASSED),
        ("print()\nprint(1)\nprint()", Verdict.PASSED),
        ("print(0)\nprint(1)", Verdict.WRONG_ANSWER),
        ("print(1)\nprint(0)", Verdict.WRONG_ANSWER),
    ],
)
def test_a_checker_prints_its_score(one, judge_code, checker, verdict):
    assert judge_code(one(generated_checker=checker), "print(7)").results[0].verdict is verdict


STRICT = "import sys\nwanted, got = open(sys.argv[2]).read(), open(sys.argv[3]).read()\nright = wanted == got\n"


@pytest.mark.parametrize(
    "tells",
    [
        "print(int(right), 'got', got.split()[-1])",
        "print(int(right))\nprint(got.split()[-1])",
        "print(int(right))\nprint(got)",
        "print(got)\nprint(int(right))",
        "print(int(right), got)",
        "print(f'{int(right)} {got}')",
        "print('wrong, expected', wanted, 'got', got) if not right else print(1)",
        "sys.stdout.write(f'{int(right)}: {got}')",
        "print(int(right), end=' ')\nprint(got.split()[-1])",
        "sys.stdout.writelines(['0' if not right else '1', ' ', got])",
    ],
)
@pytest.mark.parametrize("output", ["print('1')", "print('x')\nprint(1)", "print('\\n1\\n1.0\\n 1')", "print('0 1')"])
def test_a_score_is_never_read_from_what_a_checker_repeats_of_the_output(one, judge_code, tells, output):
    grade = judge_code(one(generated_checker=STRICT + tells), output)
    assert Verdict.PASSED not in verdicts(grade)


def test_without_a_checker_tokens_are_compared(one, judge_code):
    problem = one(generated_checker=None, official_tests=[{"input": "", "output": "YES\n1 2\n"}])
    assert judge_code(problem, "print('YES 1')\nprint(' 2 ')").solved
    assert not judge_code(problem, "print('YES 1 3')").solved
    assert not judge_code(problem, "print('YES 1 2-')").solved


def test_without_a_checker_decimal_fractions_may_be_a_little_off(one, judge_code):
    problem = one(generated_checker=None, official_tests=[{"input": "", "output": "0.3\n10\n"}])
    assert judge_code(problem, "print(0.1 + 0.2)\nprint(10)").solved
    assert not judge_code(problem, "print(0.301)\nprint(10)").solved
    assert not judge_code(problem, "print(0.3)\nprint(11)").solved


def test_the_problems_own_limits_hold(one, judge_code):
    problem = one(time_limit=0.5, memory_limit=64.0, official_tests=[{"input": "5\n", "output": "1 4\n"}])
    assert (problem.limits.cpu_s, problem.limits.memory_mib) == (0.5, 192)
    assert verdicts(judge_code(problem, "while True: pass")) == [Verdict.TIME_LIMIT]
    assert verdicts(judge_code(problem, "a = bytearray(300 * 2**20)\nprint(1, 4)")) == [Verdict.MEMORY_LIMIT]
    assert judge_code(problem, "a = bytearray(30 * 2**20)\nprint(1, 4)").solved


def test_what_cannot_be_judged_is_left_out_and_counted(jsonl):
    rows = [
        row(id="1/A"),
        row(id="1/B", interaction_format="Ask up to ten questions."),
        row(id="1/C", input_mode="file"),
        row(id="1/D", official_tests=[]),
        row(id="1/E", official_tests=None, interaction_format=""),
        row(id="1/F", official_tests_complete=False, rating=None),
    ]
    problems = CODEFORCES.load(jsonl("codeforces.jsonl", rows), None, None)
    assert [problem.id for problem in problems] == ["1/A", "1/F"]
    assert problems.notes == {
        "interactive: left out": 1,
        "read a file: left out": 1,
        "without official tests: left out": 2,
        "with only some of their official tests: kept": 1,
    }
    assert [problem.origin.difficulty for problem in problems] == ["800", None]


def test_rows_are_read_from_parquet_and_the_test_split_of_a_folder(tmp_path, judge_code):
    import datasets

    (tmp_path / "data").mkdir()
    for name, number in (("train", "1/A"), ("test", "2/A")):
        table = datasets.Dataset.from_list([row(id=number)])
        table.to_parquet(tmp_path / "data" / f"{name}-00000-of-00001.parquet")
    (problem,) = CODEFORCES.load(str(tmp_path), None, None)
    assert problem.id == "2/A"
    assert judge_code(problem, "print(1, int(input()) - 1)").solved
    (problem,) = CODEFORCES.load(str(tmp_path / "data/train-00000-of-00001.parquet"), None, None)
    assert problem.id == "1/A"
    assert json.loads(problem.model_dump_json())["checker"]["kind"] == "program"
