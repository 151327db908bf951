"""The procedural family: any number of distinct, reproducible problems per seed."""

import random
from collections.abc import Iterator

from tarot_bench.dataset.entry import Entry, Provenance, TestFacts
from tarot_bench.dataset.synthetic.filters import FILTERS
from tarot_bench.dataset.synthetic.inputs import tests_of
from tarot_bench.dataset.synthetic.maps import MAPS
from tarot_bench.dataset.synthetic.orders import ORDERS
from tarot_bench.dataset.synthetic.readers import READERS
from tarot_bench.dataset.synthetic.results import RESULTS
from tarot_bench.dataset.synthetic.spec import Bounds, Spec, Step
from tarot_bench.dataset.synthetic.wording import EMPTY_WORDS, SENTENCES, THEMES
from tarot_bench.problem import Limits, Origin, Problem, TestCase

SOURCE = "synthetic"
_LOWS = (-10_000, -1000, -500, -200, -100, -50, 0, 1)
_HIGHS = (60, 99, 100, 200, 500, 999, 1000, 5000, 10_000)
_LONGEST = (30, 35, 40, 45, 50, 55, 60)


def entries(count: int, seed: int = 0) -> Iterator[Entry]:
    """The first ``count`` problems of a seed, with their validators; a larger count extends a smaller one.

    Golds and statements are distinct. Two statements differ in at least two of their sentences, examples apart.
    """
    golds: set[str] = set()
    wordings: set[int] = set()
    attempt = made = 0
    while made < count:
        rng = random.Random(f"synthetic-{seed}-{attempt}")
        attempt += 1
        spec = _draw(rng)
        sentences = _sentences(spec, rng)
        around = _all_but_one(sentences)
        if spec.gold in golds or not wordings.isdisjoint(around):
            continue
        tests = tests_of(spec, rng)
        if tests is None:
            continue
        golds.add(spec.gold)
        wordings.update(around)
        yield _entry(f"synthetic-{seed}-{made:05d}", spec, sentences, tests)
        made += 1


def _draw(rng: random.Random) -> Spec:
    """Draw a task of one to three steps of different kinds."""
    reader = rng.choice(READERS)
    count = rng.choice((1, 2, 2, 2, 3, 3, 3))
    groups = rng.sample((FILTERS, MAPS, ORDERS), k=count) if count < 3 else [FILTERS, MAPS, rng.choice((MAPS, ORDERS))]
    rng.shuffle(groups)
    steps: list[Step] = []
    for kinds in groups:
        kind = rng.choice([kind for kind in kinds if kind not in {step.kind for step in steps}])
        steps.append(Step(kind, rng.choice(kind.constants)))
    bounds = Bounds(max(reader.low, rng.choice(_LOWS)), min(reader.high, rng.choice(_HIGHS)), rng.choice(_LONGEST))
    return Spec(reader, tuple(steps), rng.choice(RESULTS), rng.choice(EMPTY_WORDS), bounds)


def _sentences(spec: Spec, rng: random.Random) -> list[str]:
    """The statement's sentences, in one theme."""
    theme = rng.choice(THEMES)
    names = theme.names

    def say(what: str, **filled: object) -> str:
        return rng.choice(SENTENCES[what]).format(**names, **filled)

    clauses = [step.clause(rng.randrange(12), theme.item, theme.items) for step in spec.steps]
    leads = ["only"] if len(clauses) == 1 else ["first", *["next"] * (len(clauses) - 1)]
    asked = [say(lead, clause=clause) for lead, clause in zip(leads, clauses, strict=True)]
    given = rng.choice(spec.reader.wordings).format(**names)
    bounds = say("bounds", n=spec.bounds.longest, low=spec.bounds.low, high=spec.bounds.high)
    result = say("result", result=rng.choice(spec.result.wordings).format(**names))
    opening, empty = say("opening"), say("empty", empty=spec.empty)
    if rng.random() < 0.5:
        return [opening, given, bounds, *asked, result, empty]
    return [opening, *asked, result, empty, given, bounds]


def _all_but_one(sentences: list[str]) -> set[int]:
    """Hashes of the statement without each of its sentences, equal for statements that differ in one sentence."""
    gaps = [(*sentences[:place], None, *sentences[place + 1 :]) for place in range(len(sentences))]
    return {hash_of(gap) for gap in gaps}


def hash_of(parts: tuple[str | None, ...]) -> int:
    """A hash of a tuple of texts that is the same in every process, unlike `hash`."""
    return random.Random("\0".join(part if part is not None else "\1" for part in parts)).getrandbits(64)


def _entry(name: str, spec: Spec, sentences: list[str], tests: tuple[TestCase, ...]) -> Entry:
    example, *tiers = tests
    statement = (
        f"{' '.join(sentences)}\n\nExample input:\n\n{_indented(example.input)}\n\n"
        f"Example output:\n\n{_indented(example.output)}\n"
    )
    problem = Problem(
        id=name,
        statement=statement,
        solution=spec.gold,
        tests=tuple(tiers),
        original_tests=(example,),
        limits=Limits(cpu_s=2, wall_s=10),
        origin=Origin(source=SOURCE, id=spec.name, license="Apache-2.0"),
    )
    facts = TestFacts(provenance=Provenance(generator=SOURCE))
    return Entry(problem=problem, facts=(facts,) * len(tiers), validator=spec.validator)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip("\n").split("\n"))
