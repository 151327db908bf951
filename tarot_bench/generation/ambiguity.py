"""The stage `ambiguity`: find problems with several correct answers, which comparison with one answer cannot grade.

There are two signs: a phrase in the statement, and alternative solutions whose answers differ from a test's. An
ambiguous problem gets a checker under which its solutions agree; if there is none, the recipe decides: drop or flag.
Where authors write checker programs, it decides after the tests were made, in the stage `agreement`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.generation.gold import outputs_on, same
from tarot_bench.generation.stage import StageOutcome, unless_unmade
from tarot_bench.generation.workers import answered
from tarot_bench.grading.generated import with_inputs
from tarot_bench.grading.showing import shown
from tarot_bench.problem import Checker, Frozen, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox

_THINGS = (
    r"(?:answers?|solutions?|outputs?|ways?|possibilit(?:y|ies)|orders?|arrangements?|permutations?|sequences?|one)"
)
_GIVE = r"(?:print|output|write|return|find|choose|report|display|give)"
_ANY = rf"any (?:of (?:them|these|those)|(?:\w+ )?{_THINGS}|such)"
PHRASES = (
    re.compile(rf"\b{_GIVE} {_ANY}\b", re.I),
    re.compile(rf"\b{_GIVE} any(?= ?(?:[.;,)]|$))", re.I),
    re.compile(rf"\b(?:multiple|several|many|more than one)(?: \w+)? {_THINGS}\b[^.]{{0,60}}\b{_ANY}\b", re.I),
    re.compile(r"\b(?:any|all|every|each)\b[^.]{0,60}\b(?:is|are|will be|would be) accepted\b", re.I),
    re.compile(r"\bany (?:\w+ )?(?:answer|solution|output)s? (?:is|are|will be) (?:allowed|fine|correct|ok)\b", re.I),
    re.compile(rf"\b{_GIVE}\b[^.]{{0,60}}\bin any order\b", re.I),
    re.compile(rf"\b{_THINGS} (?:is|are) not unique\b", re.I),
)
"""Phrases by which statements allow several answers, unlike "if there are several, print the smallest"."""
Answers = tuple[str | None, ...]
"""The answers of a program to tests; None where it gave none."""
_ANY_ORDER = re.compile(r"\bin any order\b", re.I)


class AmbiguitySettings(Frozen):
    """The section ``ambiguity`` of a generation recipe."""

    policy: Literal["drop", "keep"] = "drop"
    """``drop``: ambiguous problems without a checker leave the set. ``keep``: they stay, with a flag."""


_WANTED, _WIDENED = "checker-wanted", "checker-widened"


class AmbiguityStage:
    """Finds problems with several correct answers."""

    whole = False

    def __init__(
        self, settings: AmbiguitySettings, sandbox: Sandbox, *, checkers: bool = False, again: bool = False
    ) -> None:
        """Set up.

        Args:
            settings: of the recipe.
            sandbox: where alternative solutions run.
            checkers: authors will be asked for checker programs, so no stdin problem is dropped for want of one yet.
            again: the statement was searched before tests were written; now, as the stage `agreement`, the alternative
                solutions are compared on the new tests, and problems that still want a checker are dropped.
        """
        self.name = "agreement" if again else "ambiguity"
        self._settings = settings
        self._sandbox = sandbox
        self._checkers = checkers
        self._again = again

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, as many at once as the sandbox has workers."""
        return answered(entries, unless_unmade(self._answer), self._sandbox.workers)

    def _answer(self, entry: Entry) -> StageOutcome:
        if entry.problem.checker.kind == "program":
            return StageOutcome.keep(entry)
        phrase = phrase_in(entry.problem.statement) if not self._again or _wants_checker(entry) else None
        answers = answers_of(entry.problem, self._sandbox)
        differing = first_difference(entry.problem, answers, entry.problem.checker)
        if differing is None and phrase is None:
            return StageOutcome.keep(entry)
        checker = agreeable(entry.problem, answers) if differing else None
        if checker:
            flag = Flag(stage=self.name, reason=_WIDENED, detail=f"{checker.kind}, since {differing}")
            return StageOutcome.keep(
                _with(entry.model_copy(update={"problem": _checked_by(entry.problem, checker)}), flag)
            )
        reason = "solutions-disagree" if differing else "several-answers"
        detail = differing or f"the statement says {phrase!r}"
        if self._checkers and entry.problem.style == "stdin":
            return StageOutcome.keep(_with(entry, Flag(stage=self.name, reason=_WANTED, detail=detail)))
        if self._settings.policy == "drop":
            return StageOutcome.drop(entry, reason, detail)
        return StageOutcome.keep(_with(entry, Flag(stage=self.name, reason=reason, detail=detail)))


def _wants_checker(entry: Entry) -> bool:
    """Whether a problem was left to a checker that did not come."""
    reasons = {flag.reason for flag in entry.flags}
    return _WANTED in reasons and _WIDENED not in reasons


def phrase_in(statement: str) -> str | None:
    """The phrase by which a statement allows several answers; None if there is none."""
    text = " ".join(statement.split())
    found = next((match for phrase in PHRASES if (match := phrase.search(text))), None)
    return found.group()[:120] if found else None


def answers_of(problem: Problem, sandbox: Sandbox) -> list[Answers]:
    """The answers to a problem's tests of each alternative solution that ends well and passes all original tests.

    Raises:
        UnmadeInputError: an input that is not stored cannot be made.
        SandboxError: the sandbox failed.
    """
    if any(test.kind == "suite" for test in problem.all_tests):
        return []
    tests = with_inputs(problem, sandbox).all_tests
    made = [outputs_on(problem, program, tests, sandbox) for program in alternatives_of(problem)]
    originals = range(len(problem.tests), len(tests))
    wide = Checker(kind="float") if problem.checker.kind == "lines" else problem.checker
    return [
        answers
        for answers in made
        if None not in answers and all(same(tests[n], tests[n].output, answers[n] or "", wide) for n in originals)
    ]


def first_difference(problem: Problem, answers: Sequence[Answers], checker: Checker) -> str | None:
    """The first answer of a solution that differs from the test's, as one line; None if all agree."""
    for given in answers:
        for test, answer in zip(problem.all_tests, given, strict=True):
            if answer is not None and not same(test, test.output, answer, checker):
                return f"{_name(test)}: {shown(test.output)} or {shown(answer)}"
    return None


def agreeable(problem: Problem, answers: Sequence[Answers]) -> Checker | None:
    """A wider checker under which all solutions agree with the tests."""
    kinds = [Checker(kind="float")]
    if _ANY_ORDER.search(problem.statement):
        kinds.append(Checker(kind="unordered_lines"))
    return next((checker for checker in kinds if first_difference(problem, answers, checker) is None), None)


def _checked_by(problem: Problem, checker: Checker) -> Problem:
    return problem.model_copy(update={"checker": checker})


def _with(entry: Entry, flag: Flag) -> Entry:
    return entry.model_copy(update={"flags": (*entry.flags, flag)})


def _name(test: TestCase) -> str:
    return f"the {test.tier} test" if test.tier else "an original test"
