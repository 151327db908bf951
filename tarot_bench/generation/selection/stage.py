"""The stage `selection`: choose the published tests of each tier by the wrong programs that they reject."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from tarot_bench.dataset.entry import Entry, Flag, TestFacts
from tarot_bench.generation.selection.assessing import Assessment, assess
from tarot_bench.generation.selection.choosing import Choice, Tiering, choose
from tarot_bench.generation.selection.improving import Improver
from tarot_bench.generation.selection.settings import SelectionSettings
from tarot_bench.generation.selection.wrong import pool_of
from tarot_bench.generation.stage import StageOutcome, unless_unmade
from tarot_bench.generation.workers import answered
from tarot_bench.grading.generated import without_large_inputs
from tarot_bench.problem import TIERS, TestCase, Tier
from tarot_bench.sandbox.base import Sandbox

STAGE = "selection"


class SelectionStage:
    """Keeps as many tests per tier as the recipe says.

    It drops an entry only if an input of it can no longer be made, or validation does in a round of the loop.

    A flag ``selected`` counts what was chosen and rejected; ``no-new-rejections`` marks a tier whose tests reject no
    wrong program that lower tiers accept.
    """

    name = STAGE
    whole = False

    def __init__(
        self,
        settings: SelectionSettings,
        counts: Mapping[Tier, int],
        sandbox: Sandbox,
        seed: int = 0,
        improver: Improver | None = None,
    ) -> None:
        """Set up.

        Args:
            settings: the section of the recipe.
            counts: tests per tier; 1 for tiers that are not named.
            sandbox: where the programs run.
            seed: of the run; it samples the wrong programs.
            improver: asks the generators for more tests before the choice; None asks for none.
        """
        self._settings = settings
        self._counts = {tier: counts.get(tier, 1) for tier in TIERS}
        self._sandbox = sandbox
        self._seed = seed
        self._improver = improver

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry; with rounds of the loop, those first that need none.

        Raises:
            UserError: a generator cannot continue; replies are kept.
        """
        if self._improver is None:
            yield from answered(entries, unless_unmade(self._answer), self._sandbox.workers)
        else:
            yield from self._improver.run(entries, self._assessed, partial(self._chosen))

    def _answer(self, entry: Entry) -> StageOutcome:
        return StageOutcome.keep(self._chosen(self._assessed(entry)))

    def _assessed(self, entry: Entry) -> Assessment:
        pool = pool_of(entry, self._seed, self._settings.most_known, self._settings.most_mutants)
        return assess(entry, pool, self._sandbox, self._settings.most_mutants)

    def _chosen(self, assessment: Assessment) -> Entry:
        return selected(assessment, self._counts, self._settings.tiering)


def selected(assessment: Assessment, counts: Mapping[Tier, int], tiering: Tiering = "author") -> Entry:
    """The entry with the tests that are chosen among its candidates, their facts, and flags about the choice."""
    entry = assessment.entry
    choices = choose(assessment.candidates, counts, tiering)
    facts = entry.facts or (TestFacts(),) * len(entry.problem.tests)
    known = {candidate.key: fact for candidate, fact in zip(assessment.candidates, facts, strict=True)}
    problem = entry.problem.model_copy(update={"tests": tuple(map(_test, choices))})
    return entry.model_copy(
        update={
            "problem": without_large_inputs(problem),
            "facts": tuple(known[choice.candidate.key] for choice in choices),
            "flags": tuple(dict.fromkeys((*entry.flags, *_flags(assessment, choices)))),
        }
    )


def _test(choice: Choice) -> TestCase:
    return choice.candidate.test.model_copy(update={"tier": choice.tier})


def _flags(assessment: Assessment, choices: Sequence[Choice]) -> Iterator[Flag]:
    """What was chosen, and what is weak about it."""
    total, rejected = len(assessment.candidates), len(assessment.rejected)
    found = sum(choice.new for choice in choices)
    detail = f"{len(choices)} of {total} tests reject {found} wrong programs; all {total} reject {rejected}"
    yield Flag(stage=STAGE, reason="selected", detail=f"{detail} of {len(assessment.pool)} that were tried")
    for tier in TIERS if assessment.rejected else ():
        news = [choice.new for choice in choices if choice.tier is tier]
        if news and not any(news):
            yield Flag(stage=STAGE, reason="no-new-rejections", tier=tier, detail=f"{tier}: lower tiers reject as much")
    for choice in choices:
        if choice.candidate.rejects_right:
            said = f"it rejects {len(choice.candidate.rejects_right)} solutions that pass the other tests"
            yield Flag(stage=STAGE, reason="rejects-right-program", tier=choice.tier, detail=said)
