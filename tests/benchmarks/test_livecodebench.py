"""LiveCodeBench on files of its exact format with problems of our own: stdin and `class Solution`."""

import base64
import json
import os
import pickle
import subprocess
import sys
import zlib

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.benchmarks.packed import unpack_json
from tarot_bench.errors import DataError
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.verdict import Verdict
from tests.servers.hub import HubServer, Repo

LCB = open_benchmark("livecodebench")


def packed(value) -> str:
    """Private tests as the real files have them."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(value)))).decode()


def case(given, expected, kind="stdin"):
    return {"input": given, "output": expected, "testtype": kind}


def row(**changes):
    """A stdin problem: the mean of some numbers."""
    public = [case("3\n1 2 6\n", "3.0\n")]
    private = [case("2\n1 2\n", "1.5\n"), case("3\n1 1 2\n", "1.3333333333\n")]
    fields = {
        "question_title": "Mean",
        "question_content": "Print the mean of N numbers.",
        "platform": "atcoder",
        "question_id": "abc900_a",
        "contest_id": "abc900",
        "contest_date": "2024-09-14T00:00:00",
        "starter_code": "",
        "difficulty": "easy",
        "public_test_cases": json.dumps(public),
        "private_test_cases": packed(private),
        "metadata": "{}",
    }
    return fields | changes


def class_row(**changes):
    """A `class Solution` problem: numbers by how often they occur."""
    public = [case("[1, 2, 1]\n1", "[1]", "functional")]
    private = [
        case('["b", "a", "a"]\n2', '["a", "b"]', "functional"),
        case("[]\n3", "[]", "functional"),
        case("[0.5]\n1", "[0.5]", "functional"),
    ]
    fields = {
        "question_title": "most-frequent",
        "question_id": "9001",
        "platform": "leetcode",
        "contest_date": "2025-01-04T00:00:00",
        "starter_code": "class Solution:\n    def mostFrequent(self, items: List[int], k: int) -> List[int]:\n        ",
        "public_test_cases": json.dumps(public),
        "private_test_cases": packed(private),
        "metadata": json.dumps({"func_name": "mostFrequent"}),
    }
    return row(**fields | changes)


MEAN = "n = int(input())\nprint(sum(map(int, input().split())) / n)"
FREQUENT = """class Solution:
    def mostFrequent(self, items: List[int], k: int) -> List[int]:
        return sorted(Counter(items), key=lambda item: (-items.count(item), item))[:k]
"""


@pytest.fixture
def one(jsonl):
    return lambda row: next(iter(LCB.load(jsonl("test.jsonl", [row]), None, None)))


def verdicts(grade):
    return [(result.group, result.verdict) for result in grade.results]


def test_public_and_private_tests_of_a_program_are_run(one, judge_code):
    problem = one(row())
    passed = Verdict.PASSED
    assert verdicts(judge_code(problem, MEAN)) == [("public", passed), ("private", passed), ("private", passed)]
    hard_coded = judge_code(problem, "input()\nprint(3.0 if input() == '1 2 6' else 0)")
    assert [verdict for _, verdict in verdicts(hard_coded)] == [passed, Verdict.WRONG_ANSWER, Verdict.WRONG_ANSWER]


def test_floats_may_be_a_little_off(one, judge_code):
    assert judge_code(one(row()), MEAN.replace("print(", "print('%.7f' % (").replace("/ n)", "/ n))")).solved
    assert not judge_code(one(row()), MEAN.replace("/ n", "/ n + 0.001")).solved


def test_programs_with_real_pipes_and_exits_pass(one, judge_code):
    problem = one(row())
    code = (
        "import sys\nn, *a = map(int, sys.stdin.buffer.read().split())\nsys.stdout.write(f'{sum(a) / n}')\nsys.exit(0)"
    )
    assert judge_code(problem, code).solved


def test_a_class_is_called_by_its_method_and_finds_what_its_site_imports(one, judge_code):
    problem = one(class_row())
    assert problem.entry_point == "Solution.mostFrequent"
    assert judge_code(problem, FREQUENT).solved
    assert judge_code(problem, FREQUENT.replace("Counter", "collections.Counter")).solved
    wrong = judge_code(problem, FREQUENT.replace("-items", "items"))
    assert not wrong.solved
    assert [verdict for _, verdict in verdicts(wrong)][:2] == [Verdict.WRONG_ANSWER] * 2


def test_a_helper_first_and_a_comment_with_brackets_do_not_mislead(one, judge_code):
    code = "# O(n)\ndef helper(items):\n    return Counter(items)\n\n" + FREQUENT.replace("Counter(", "helper(")
    assert judge_code(one(class_row()), code).solved


def test_every_call_gets_a_new_instance(one, judge_code):
    code = FREQUENT.replace(
        "        return",
        "        self.calls = getattr(self, 'calls', 0) + 1\n        assert self.calls == 1\n        return",
    )
    assert judge_code(one(class_row()), code).solved


def test_a_tuple_for_a_list_and_a_float_that_is_a_little_off_pass_but_text_for_a_number_does_not(one, judge_code):
    problem = one(class_row())
    assert judge_code(problem, FREQUENT.replace("return sorted", "return tuple(sorted").replace("[:k]", "[:k])")).solved
    off = "[i + 1e-9 if isinstance(i, float) else i for i in sorted"
    assert judge_code(problem, FREQUENT.replace("sorted", off).replace("[:k]", "[:k]]")).solved
    assert not judge_code(problem, FREQUENT.replace("[:k]", "[:k] and [str(i) for i in items]")).solved


def test_deep_recursion_is_what_the_site_allows(one, judge_code):
    code = FREQUENT.replace(
        "        return", "        down = lambda n: n and down(n - 1)\n        down(9000)\n        return"
    )
    assert judge_code(one(class_row()), code).solved


def test_prompts_show_the_statement_and_the_class_but_no_test(one):
    stdin, functional = (Prompt("livecodebench").render(one(made)) for made in (row(), class_row()))
    assert "Print the mean" in stdin
    assert "standard input" in stdin
    assert "def mostFrequent(self" in functional
    assert "1.3333" not in stdin
    assert '"b"' not in functional


class Opens:
    def __reduce__(self):
        return open, ("/etc/hostname",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pickle.dumps(Opens()), r"refers to (_?io)\.open"),
        (pickle.dumps([{"input": ""}]), "not a list"),
        (pickle.dumps(json.dumps([]))[:-3], "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_nothing_but_a_pickled_text_is_unpickled(one, content, said):
    text = base64.b64encode(zlib.compress(content)).decode()
    with pytest.raises(DataError, match=rf"test.jsonl:1: .*{said}"):
        one(row(private_test_cases=text))


@pytest.mark.parametrize("text", ["", "@@@", base64.b64encode(b"no zlib").decode(), "{"])
def test_what_is_not_packed_is_refused(text):
    with pytest.raises(ValueError, match="packed tests"):
        unpack_json(text)


def test_private_tests_may_be_plain_json(one, judge_code):
    assert judge_code(one(row(private_test_cases=json.dumps([case("1\n4\n", "4.0")]))), MEAN).solved


def test_a_problem_without_tests_is_an_error(one):
    with pytest.raises(DataError, match="no tests"):
        one(row(public_test_cases="[]", private_test_cases=packed([])))


@pytest.fixture
def folder(jsonl, tmp_path):
    """Releases 1 to 3 as files: JSON Lines, JSON Lines, Parquet."""
    import datasets

    jsonl("test.jsonl", [row(question_id="a", contest_date="2023-05-20T00:00:00")])
    jsonl("test2.jsonl", [row(question_id="b", contest_date="2024-08-01T00:00:00"), row(question_id="c")])
    third = [row(question_id="d", contest_date="2025-01-31T00:00:00"), row(question_id="e", contest_date="2025-02-01")]
    datasets.Dataset.from_list(third).to_parquet(tmp_path / "test3.parquet")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("split", "ids"),
    [
        ("release_v1", "a"),
        ("release_v2", "abc"),
        ("release_v3", "abcde"),
        ("v2", "bc"),
        ("v2_v3", "bcde"),
        ("release_v3@2024-08..2025-01", "bcd"),
        ("release_v3@2024-08-02..2025-01-30", "c"),
        ("v1@2023-01..2023-12", "a"),
    ],
)
def test_releases_and_windows_choose_problems(folder, split, ids):
    assert "".join(problem.id for problem in LCB.load(folder, None, split)) == ids


@pytest.mark.parametrize("split", ["v7", "release_v0", "test", "2024-08", "@"])
def test_an_impossible_split_is_refused(folder, split):
    with pytest.raises(DataError, match=r"no split .*release_v1 to release_v6"):
        LCB.load(folder, None, split)


def test_a_release_that_the_folder_lacks_is_named(folder):
    with pytest.raises(DataError, match=r"lacks test4.jsonl"):
        LCB.load(folder, None, "release_v4")


def test_a_single_file_takes_dates_but_no_release(folder):
    file = f"{folder}/test2.jsonl"
    assert len(LCB.load(file, None, None)) == 2
    assert len(LCB.load(file, None, "2024-09..2024-12")) == 1
    with pytest.raises(DataError, match="is a single file"):
        LCB.load(file, None, "release_v5")


def test_the_revision_of_a_folder_is_that_of_the_files_read(folder):
    one, two = (LCB.load(folder, None, split).revision for split in ("release_v1", "release_v2"))
    assert one != two
    assert LCB.load(folder, two, "release_v2").revision == two
    with pytest.raises(DataError, match="has revision"):
        LCB.load(folder, one, "release_v2")


def test_the_hubs_files_are_read_at_one_commit_without_running_its_script(folder, tmp_path):
    files = {name: (tmp_path / name).read_bytes() for name in ("test.jsonl", "test2.jsonl")}
    files["code_generation_lite.py"] = b"raise SystemExit('the loading script ran')"
    program = (
        "import sys\n"
        "from tarot_bench.benchmarks import open_benchmark\n"
        "loaded = open_benchmark('livecodebench').load('org/lite', None, sys.argv[1])\n"
        "print(loaded.revision, *[problem.id for problem in loaded])\n"
    )
    with HubServer() as server:
        repo = server.repos["org/lite"] = Repo()
        commit = repo.commit(files)

        def load(split, **environment):
            given = {"HF_ENDPOINT": server.endpoint, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"}
            command = [sys.executable, "-c", program, split]
            return subprocess.run(
                command, env={**os.environ, **given, **environment}, capture_output=True, text=True, timeout=120
            )

        assert load("release_v2").stdout.split() == [commit, "a", "b", "c"]
        assert load("release_v2", HF_HUB_OFFLINE="1").stdout.split() == [commit, "a", "b", "c"]
        assert "loading test3.jsonl of org/lite" in load("release_v3").stderr
