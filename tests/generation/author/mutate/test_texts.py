"""Mutations of standard input: whatever the text, something comes out, and counts follow what they count."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.generation.author.mutate.texts import Count, Line, counts_of, mutated
from tarot_bench.problem import TIERS, Tier

TEXTS = st.text(alphabet="0123456789-. ,\n#abcXY:", max_size=120)


@given(st.text(alphabet=st.characters(exclude_characters="\n"), max_size=80))
def test_a_line_that_is_taken_apart_is_put_together_again(text):
    assert Line.read(text).write() == text


@settings(max_examples=150)
@given(TEXTS, st.sampled_from(TIERS), st.integers())
def test_any_text_can_be_mutated_and_the_same_seed_gives_the_same(text, aim, seed):
    first = mutated(text, aim, random.Random(seed))
    assert first == mutated(text, aim, random.Random(seed))
    assert isinstance(first[0], str)
    assert first[1]


@given(st.lists(st.from_regex(r"[0-9]{1,3}", fullmatch=True), max_size=6), st.data())
def test_items_can_be_inserted_and_deleted_anywhere(items, data):
    line = Line.read(", ".join(items))
    place = data.draw(st.integers(0, len(items)))
    line.insert(place, "77")
    assert line.items == [*items[:place], "77", *items[place:]]
    assert line.write() == Line.read(line.write()).write()
    line.delete(place)
    assert line.items == items
    assert len(line.separators) == len(items) + 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("3\n7 8 9", Count(0, 0, "items", 1)),
        ("3 7 8 9", Count(0, 0, "items", 0)),
        ("2\n1 5\n2 6", Count(0, 0, "lines", 1)),
        ("2\n1\n5 5\n1\n6 6", Count(0, 0, "lines", 2)),
        ("4\nabcd", Count(0, 0, "characters", 1)),
    ],
)
def test_counts_are_recognised(text, count):
    assert count in counts_of([Line.read(line) for line in text.split("\n")])


def well_counted(text: str) -> bool:
    head, _, rest = text.partition("\n")
    return (
        head.isdigit() and int(head) == len(rest.split()) and all(part.lstrip("-").isdigit() for part in rest.split())
    )


@pytest.mark.parametrize("aim", TIERS)
def test_most_mutations_of_a_counted_list_are_counted_lists(aim):
    rng = random.Random(1)
    made = [mutated("4\n25 4 23 0\n", aim, rng)[0] for _ in range(200)]
    assert sum(map(well_counted, made)) > 130
    assert len(set(made)) > 60


def test_the_aims_differ_in_size():
    rng = random.Random(1)
    sizes = {
        aim: sum(len(mutated("6\n25 4 23 0 9 9\n", aim, rng)[0]) for _ in range(300)) / 300
        for aim in (Tier.EDGE, Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX)
    }
    assert sizes[Tier.EDGE] < sizes[Tier.INTERMEDIATE] < sizes[Tier.COMPLEX]
    assert sizes[Tier.BASIC] < sizes[Tier.INTERMEDIATE]
