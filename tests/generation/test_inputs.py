"""Inputs of generator programs: seeds give candidates, and every kind of bad program is refused with its reason."""

import pytest

from tarot_bench.dataset.entry import DraftedGenerator, Materials, Provenance
from tarot_bench.generation.inputs import made_inputs, program_name
from tarot_bench.grading.generated import STORED_BYTES
from tarot_bench.problem import TestCase, Tier, sha256
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.cache.cached import CachedSandbox
from tests.generation.making import entry_of

RANDOM = "import random\nr = random.Random(int(input()))\nprint(3)\nprint(*[r.randint(0, 9) for _ in range(3)])\n"
LARGE = "n = 40000 + int(input())\nprint(n)\nprint(*range(n))\n"
CHANCE = "import os\nprint(1)\nprint(os.urandom(9).hex())\n"
UNSEEDED = "import random\nprint(random.choice([7]))\n"


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox("local", workers=1) as opened:
        yield opened


def generator(source, tier=Tier.BASIC, seeds=2, **fields):
    return DraftedGenerator(tier=tier, source=source, reason="random numbers", seeds=seeds, **fields)


def made(sandbox, *generators, **fields):
    entry = entry_of(**fields).model_copy(update={"materials": Materials(generators=generators)})
    return made_inputs(entry, sandbox)


def reasons(found):
    return [flag.reason for flag in found.flags]


def test_each_seed_gives_a_candidate_with_its_recipe_and_provenance(sandbox):
    wrote = Provenance(generator="openai/x")
    found = made(sandbox, generator(RANDOM, Tier.COMPLEX, seeds=3, provenance=wrote))
    assert [(test.tier, test.reason, test.kind, test.output, by) for test, by in found.tests] == [
        (Tier.COMPLEX, "random numbers", "stdin", "", wrote)
    ] * 3
    for seed, (test, _) in enumerate(found.tests):
        assert test.input.startswith("3\n")
        assert (test.generated.seed, test.generated.program) == (seed, program_name(RANDOM))
        assert (test.generated.digest, test.generated.size) == (sha256(test.input), len(test.input))
    assert [(program.name, program.source) for program in found.programs] == [(program_name(RANDOM), RANDOM)]
    assert found.flags == ()


def test_candidates_come_in_the_order_of_tiers(sandbox):
    found = made(sandbox, generator(RANDOM, Tier.EDGE), generator("print(2)\nprint(5, input())\n", Tier.BASIC))
    assert [test.tier for test, _ in found.tests] == [Tier.BASIC, Tier.BASIC, Tier.EDGE, Tier.EDGE]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise ValueError('no')", "generator-crashes"),
        pytest.param("while True: pass", "generator-too-slow", marks=pytest.mark.slow),
        ("x = bytearray(3 * 10**9)\nprint(len(x))", "generator-out-of-memory"),
        ("print('x' * (17 * 2**20))", "generator-writes-too-much"),
        ("def f(:", "generator-does-not-compile"),
        ("print()", "generator-prints-nothing"),
        ("import sys\nsys.stdout.buffer.write(b'\\xff\\n')", "generator-prints-no-input"),
        (CHANCE, "generator-not-deterministic"),
        (UNSEEDED, "generator-not-deterministic"),
    ],
)
def test_a_program_that_fails_is_refused_with_its_reason_and_the_others_stay(sandbox, source, reason):
    found = made(sandbox, generator(source, seeds=1), generator(RANDOM, seeds=1))
    assert reasons(found) == [reason]
    assert found.flags[0].detail.startswith(f"{program_name(source)} (random numbers), 1 of 1 seeds; seed 0: ")
    assert [test.generated.program for test, _ in found.tests] == [program_name(RANDOM)]


def test_a_seed_that_fails_does_not_affect_the_others(sandbox):
    found = made(sandbox, generator("s = int(input())\nprint(1)\nprint(7 // s)\n", seeds=3))
    assert [test.generated.seed for test, _ in found.tests] == [1, 2]
    assert [flag.detail.partition(";")[0][-12:] for flag in found.flags] == ["1 of 3 seeds"]


class Counting:
    """A sandbox that counts the runs of programs."""

    def __init__(self, inner):
        self.inner, self.runs = inner, 0

    def run(self, job):
        self.runs += len(job.inputs)
        return self.inner.run(job)


@pytest.mark.slow
def test_a_program_that_hangs_costs_one_time_out_and_not_one_for_each_seed(sandbox):
    counting = Counting(sandbox)
    found = made(counting, generator("while True: pass", seeds=50))
    assert reasons(found) == ["generator-too-slow"]
    assert "50 of 50 seeds" in found.flags[0].detail
    assert counting.runs == 1


def test_every_large_input_is_made_twice_as_it_will_not_be_stored(sandbox):
    steady_first = f"""\
import os
seed = int(input())
print(os.urandom(9).hex() if seed else 7)
print("x" * {STORED_BYTES} * seed)
"""
    found = made(sandbox, generator(steady_first, seeds=2))
    assert [test.generated.seed for test, _ in found.tests] == [0]
    assert reasons(found) == ["generator-not-deterministic"]
    assert [test.generated.size > STORED_BYTES for test, _ in made(sandbox, generator(LARGE)).tests] == [True, True]


def test_a_program_that_is_not_deterministic_for_one_seed_loses_all_that_were_not_tried_twice(sandbox):
    found = made(sandbox, generator(CHANCE, seeds=3))
    assert found.tests == ()
    assert reasons(found) == ["generator-not-deterministic"]
    assert "3 of 3 seeds" in found.flags[0].detail


def test_a_program_that_is_not_deterministic_is_refused_by_a_caching_sandbox_too(sandbox, tmp_path):
    (tmp_path / "cache").mkdir(mode=0o700)
    cached = CachedSandbox(sandbox, tmp_path / "cache" / "verdicts.sqlite")
    assert reasons(made(cached, generator(CHANCE, seeds=1))) == ["generator-not-deterministic"]


def test_an_input_that_is_there_already_is_no_candidate(sandbox):
    constant = "print(2)\nprint(7, 8)\n"  # the original test of the entry
    assert reasons(made(sandbox, generator(constant))) == ["generator-repeats-input"]
    assert "an original test has the same input" in made(sandbox, generator(constant)).flags[0].detail
    again = made(sandbox, generator("print(1)\nprint(99)\n", seeds=3))
    assert len(again.tests) == 1
    assert "2 of 3 seeds" in again.flags[0].detail


def test_tests_that_were_accepted_before_are_left_out_without_a_flag(sandbox):
    first = made(sandbox, generator(RANDOM))
    tests = tuple(test for test, _ in first.tests)
    again = made(sandbox, generator(RANDOM, seeds=3), tests=tests, generator_programs=first.programs)
    assert [test.generated.seed for test, _ in again.tests] == [2]
    assert again.flags == ()


def test_arguments_of_functions_are_printed_as_literals_or_json_and_stored_in_one_encoding(sandbox):
    literal = "s = int(input())\nprint(repr([(s, 2), {3, 1}, float('inf')]))\n"
    coded = "import json\ns = int(input())\nprint(json.dumps([[s, 2]]))\n"
    call = TestCase(tier=None, input="[0]", output="0", kind="call")
    shape = {"style": "function", "entry_point": "f", "tests": (), "original_tests": (call,)}
    found = made(sandbox, generator(literal, seeds=1), generator(coded, seeds=1), **shape)
    assert [(test.kind, test.input) for test, _ in found.tests] == [
        ("call", '[{"!":["tuple",[0,2]]},{"!":["set",[1,3]]},{"!":["float","inf"]}]'),
        ("call", "[[0,2]]"),
    ]
    refused = made(sandbox, generator("print('hello there')", seeds=1), **shape)
    assert reasons(refused) == ["generator-prints-no-input"]
