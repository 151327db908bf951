"""Problem sets: what they hold, where it came from, and smaller ones made of them."""

import json

import pytest

from tarot_bench.dataset import ProblemSet, load_problems, native
from tarot_bench.errors import DataError
from tarot_bench.problem import Tier, digest_of


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_loaded_set_names_its_source_revision_and_digest(tmp_path, problems):
    path = write(tmp_path / "set.jsonl", *map(native.to_row, problems))
    loaded = load_problems(path)
    assert loaded.source == str(path)
    assert loaded.revision.startswith("sha256:")
    assert loaded.digest == digest_of(problems)
    assert len(loaded) == 2
    assert tuple(loaded) == problems


def test_a_faulty_row_is_named_by_file_and_line(tmp_path, problems):
    rows = [native.to_row(problem) for problem in problems]
    path = write(tmp_path / "set.jsonl", rows[0], rows[1] | {"tests": []})
    with pytest.raises(DataError, match=f"^{path}:2: problem 'add' has no tests"):
        load_problems(path)


def test_columns_of_no_known_shape_are_named_with_their_place(tmp_path):
    path = write(tmp_path / "set.jsonl", {"question": 1})
    with pytest.raises(DataError, match=f"^{path}:1: the row has no `id` and no `statement`; its columns are question"):
        load_problems(path)


def test_two_problems_with_one_id_are_named_by_both_places(tmp_path, problems):
    row = native.to_row(problems[0])
    path = write(tmp_path / "set.jsonl", row, native.to_row(problems[1]), row)
    with pytest.raises(DataError, match=f"two problems have the id 'echo': {path}:1 and {path}:3"):
        load_problems(path)


def test_a_set_made_by_hand_refuses_repeated_ids_and_emptiness(problems):
    with pytest.raises(DataError, match="two problems have the id 'add'"):
        ProblemSet.of("mine", "1", [problems[1], problems[1]])
    with pytest.raises(DataError, match="mine has no problems"):
        ProblemSet.of("mine", "1", [])


def test_selection_keeps_the_order_of_the_source(problems):
    whole = ProblemSet.of("mine", "1", problems)
    assert whole.select(ids=["add", "echo"]).problems == problems
    assert whole.select(ids=["add"]).problems == problems[1:]
    assert whole.select(limit=1).problems == problems[:1]
    assert whole.select(ids=["add", "echo"], limit=1).problems == problems[:1]
    assert whole.select().digest == whole.digest


def test_selected_tiers_leave_only_their_tests_and_another_digest(problems):
    whole = ProblemSet.of("mine", "1", problems[:1])
    edge = whole.select(tiers=[Tier.EDGE])
    assert [test.tier for test in edge.problems[0].all_tests] == [Tier.EDGE]
    assert edge.digest != whole.digest
    assert edge.digest == digest_of(edge.problems)


def test_a_problem_without_tests_in_the_selected_tiers_is_an_error(problems):
    with pytest.raises(DataError, match="'add' has no tests in tiers basic, edge"):
        ProblemSet.of("mine", "1", problems).select(tiers=[Tier.EDGE, Tier.BASIC])


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"ids": ["ecko"]}, "mine has no problem ecko; did you mean echo?"),
        ({"ids": ["zzz", "echo"]}, "mine has no problem zzz; it holds 2, such as echo"),
        ({"ids": []}, "no id given"),
        ({"limit": 0}, "a limit of 0 leaves no problems"),
    ],
)
def test_a_selection_of_nothing_says_what_there_is(problems, options, fault):
    with pytest.raises(DataError) as caught:
        ProblemSet.of("mine", "1", problems).select(**options)
    assert fault in str(caught.value)


def test_the_embedded_set_is_the_default_and_can_be_pinned():
    embedded = load_problems()
    assert embedded.source == "embedded"
    assert load_problems("embedded", revision=embedded.revision).digest == embedded.digest
    with pytest.raises(DataError, match="not the requested v0"):
        load_problems(revision="v0")


def test_importing_the_room_reads_no_problems_and_no_heavy_library():
    import subprocess
    import sys

    program = (
        "import sys, tarot_bench.dataset as d; d.load_problems\n"
        "heavy = {'datasets', 'pyarrow', 'huggingface_hub', 'tarot_bench.dataset.embedded'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
