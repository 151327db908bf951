"""Duplicates between problems and inside one; which one stays is settled and said."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.dataset import Entry, Flag
from tarot_bench.generation.dedup.minhash import near_duplicates
from tarot_bench.generation.dedup.stage import DedupSettings, DedupStage, close_vectors, repeated_inputs
from tarot_bench.generation.shingles import jaccard, shingles, without_examples, words
from tarot_bench.problem import Problem, TestCase, Tier
from tests.sandbox.doubles import ScriptedSandbox

VOCABULARY = [f"word{number}" for number in range(400)]


def entry(name, statement, tests=1, flags=0):
    cases = tuple(TestCase(tier=Tier.BASIC, input=f"{number}\n", output="0\n") for number in range(tests))
    flag = Flag(stage="validate", reason="slow")
    return Entry(problem=Problem(id=name, statement=statement, tests=cases), flags=(flag,) * flags)


def text(rng, length=120):
    return " ".join(rng.choices(VOCABULARY, k=length))


def altered(rng, original, least):
    """The statement with as many words replaced as its Jaccard index with the original may lose."""
    grams, found = shingles(original), original
    places = list(range(len(original.split())))
    rng.shuffle(places)
    for place in places:
        said = found.split()
        said[place] = rng.choice(VOCABULARY)
        if jaccard(grams, shingles(" ".join(said))) < least:
            break
        found = " ".join(said)
    return found


def dropped(entries, **options):
    outcomes = list(DedupStage(DedupSettings(), ScriptedSandbox(), **options).run(entries))
    assert [outcome.id for outcome in outcomes] == [one.problem.id for one in entries]
    return {outcome.id: (outcome.reason, outcome.detail) for outcome in outcomes if outcome.reason}


def test_the_same_words_are_one_problem_whatever_their_case_frame_and_marks():
    frame = "Solve the following coding problem using the programming language python:\n\n"
    found = dropped([entry("b", "Add the two numbers."), entry("a", frame + "add THE two\xa0numbers!")])
    assert found == {"b": ("duplicate-exact", "the same words as a, which is kept")}


def test_statements_without_words_are_not_each_others_duplicates():
    assert dropped([entry("a", "..."), entry("b", "?!")]) == {}


def test_the_cleanest_then_the_fullest_then_the_first_by_name_is_kept():
    same = "count the ways to climb a stair"
    assert set(dropped([entry("a", same, flags=1), entry("b", same), entry("c", same, tests=2)])) == {"a", "b"}


def test_planted_near_duplicates_are_found_and_nothing_else_is():
    rng = random.Random(5)
    originals = [text(rng) for _ in range(1200)]
    planted = [altered(rng, originals[number], least) for number, least in enumerate([0.95, 0.85, 0.70] * 60)]
    found = near_duplicates(originals + planted, 0.70)
    assert set(found) == set(range(1200, 1380))
    for index, twin in found.items():
        assert twin.index == index - 1200
        assert twin.score == jaccard(shingles(originals[twin.index]), shingles(planted[index - 1200])) >= 0.70


def test_statements_just_below_the_threshold_are_two_problems():
    rng = random.Random(6)
    originals = [text(rng) for _ in range(40)]
    relatives = [altered(rng, original, 0.64) for original in originals]
    scores = [jaccard(shingles(one), shingles(other)) for one, other in zip(originals, relatives, strict=True)]
    assert all(0.64 <= score < 0.70 for score in scores)
    assert near_duplicates(originals + relatives, 0.70) == {}
    assert len(near_duplicates(originals + relatives, 0.64)) >= 39


def test_a_chain_is_not_drawn_together():
    rng = random.Random(1)
    first = text(rng, 300)
    second = altered(rng, first, 0.72)
    third = altered(rng, second, 0.72)
    assert jaccard(shingles(first), shingles(third)) < 0.7
    found = dropped([entry("a", first), entry("b", second), entry("c", third)])
    assert set(found) == {"b"}
    assert found["b"][0] == "duplicate-near"
    assert found["b"][1].endswith("of the word 3-grams shared with a, which is kept")


@given(st.permutations(range(12)))
def test_the_order_of_the_entries_does_not_decide_who_stays(order):
    rng = random.Random(3)
    originals = [text(rng, 60) for _ in range(4)]
    copies = [altered(rng, original, 0.8) for original in originals * 2]
    entries = [entry(f"p{number}", said) for number, said in enumerate([*originals, *copies])]
    assert dropped([entries[number] for number in order]) == dropped(entries)


@given(st.lists(st.sampled_from("abcd"), max_size=8), st.lists(st.sampled_from("abcd"), max_size=8))
def test_the_jaccard_index_is_that_of_the_sets_of_word_runs(first, second):
    def runs(said):
        width = min(3, len(said))
        return {tuple(said[at : at + width]) for at in range(len(said) - width + 1)} if said else set()

    mine, theirs = runs(first), runs(second)
    expected = len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
    assert jaccard(shingles(" ".join(first)), shingles(" ".join(second))) == pytest.approx(expected)


def test_close_vectors_name_the_first_kept_one():
    angles = np.array([0.0, 0.1, 0.2, 1.5])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = close_vectors(vectors, float(np.cos(0.15)))
    assert {index: twin.index for index, twin in found.items()} == {1: 0}  # 2 is close to 1, which is not kept


def test_vectors_are_compared_across_blocks():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(2500, 32)).astype(np.float32)
    vectors[2400] = vectors[7]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert {index: twin.index for index, twin in close_vectors(vectors, 0.99).items()} == {2400: 7}


def test_an_embedding_catches_what_shares_no_words():
    meaning = {"sum of list": 0, "total of values": 0, "reverse a string": 1}
    found = dropped(
        [entry(name, said) for name, said in zip("abc", meaning, strict=True)],
        embed=lambda texts: np.eye(2, dtype=np.float32)[[meaning[said] for said in texts]],
    )
    assert found == {"b": ("duplicate-meaning", "1.00 cosine similarity to a, which is kept")}


def test_of_equal_inputs_in_one_problem_the_lower_tier_stays():
    cases = [(Tier.EDGE, "1 2\n"), (Tier.BASIC, "1 2 \n\n"), (Tier.COMPLEX, "\n1 2\n"), (Tier.EDGE, "3\n")]
    problem = Problem(
        id="p", statement="", tests=tuple(TestCase(tier=tier, input=given, output="") for tier, given in cases)
    )
    assert repeated_inputs(problem) == {0: 1}


def test_blanks_at_an_end_make_another_input_where_the_output_is_another():
    cases = [("abc\n", "3\n"), ("abc  \n", "5\n"), ("abc \n", "3\n"), ("abc  \n", "7\n")]
    tests = tuple(TestCase(tier=Tier.BASIC, input=given, output=output) for given, output in cases)
    assert repeated_inputs(Problem(id="p", statement="", tests=tests)) == {2: 0, 3: 1}


STATEMENT = """Find it.

-----Input-----
One number.

-----Examples-----
Input
3

Output
YES

-----Note-----
Read it twice.
"""


def test_examples_are_cut_out_up_to_the_next_section():
    assert words(without_examples(STATEMENT)) == ["find", "it", "input", "one", "number", "note", "read", "it", "twice"]
