"""Inputs that are not stored are made again, and judged by the gold, before they are published."""

import pytest

from tarot_bench.dataset import Entry, write_jsonl
from tarot_bench.errors import DataError, InfrastructureError
from tarot_bench.problem import GeneratedInput, GeneratorProgram, Problem, TestCase, Tier, sha256
from tarot_bench.publishing.publish import prepare
from tarot_bench.publishing.verify import verify_generated

TEXT = "3\n" + "1 " * 3 + "\n"


def entry(output="3\n", source="input()\nprint(3)\nprint('1 ' * 3)\n", solution="input()\nprint(len(input().split()))"):
    recipe = GeneratedInput(program="ones", seed=4, digest=sha256(TEXT), size=len(TEXT))
    problem = Problem(
        id="count",
        statement="Count.",
        solution=solution,
        tests=(TestCase(tier=Tier.BASIC, input="", output=output, generated=recipe),),
        generator_programs=(GeneratorProgram(name="ones", source=source),),
    )
    return Entry(problem=problem)


def test_a_gold_that_passes_is_counted():
    assert verify_generated([entry()]) == 1


def test_a_problem_without_gold_has_its_inputs_made():
    assert verify_generated([entry(solution=None)]) == 1
    with pytest.raises(InfrastructureError, match="printed another input"):
        verify_generated([entry(solution=None, source="print(4)")])


def test_nothing_is_opened_where_all_inputs_are_stored(entries):
    assert verify_generated(entries, "no such sandbox") == 0


def test_an_input_that_cannot_be_made_again_stops_the_publication_before_a_file_is_written(tmp_path):
    broken = entry(source="raise SystemExit(1)")
    write_jsonl([broken.problem], tmp_path / "rows.jsonl")
    with pytest.raises(InfrastructureError, match="problem 'count', test 1: sandbox: the generator program 'ones'"):
        prepare(tmp_path / "rows.jsonl", "org/name", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_gold_that_fails_on_a_made_input_stops_the_publication():
    with pytest.raises(DataError, match=r"the gold of problem 'count' does not pass test 1 \(WRONG_ANSWER"):
        verify_generated([entry(output="4\n")])
