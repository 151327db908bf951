"""The history of an entry as text for a terminal, in the order in which things happened."""

from collections.abc import Iterator, Mapping

from tarot_bench.dataset.entry import Entry, Flag, TestFacts, Vote
from tarot_bench.dataset.errata import Erratum
from tarot_bench.generation.author.generator import SOLVER
from tarot_bench.generation.history.exchanges import Asked, Reply
from tarot_bench.generation.history.history import History, Step
from tarot_bench.generation.history.spent import Spent
from tarot_bench.generation.history.states import EntryState
from tarot_bench.grading.showing import shown_input
from tarot_bench.problem import TestCase
from tarot_bench.texts import beginning, indented, inline

_CHARACTERS, _LINES = 600, 12
_INDENT = 6


def lines_of(made: History, full: bool = False) -> Iterator[str]:
    """Yield the text in pieces that end without a line feed. Control characters are escaped.

    Args:
        made: the history.
        full: prompts, replies, programs, inputs and outputs are not cut.
    """
    shown = _Shown(full)
    yield inline(f"{made.state.id}: {what_became(made.state)}")
    yield inline(f"  cost: {cost(made.spent)}")
    yield from _source(made.entry, shown)
    for number, asked in enumerate(made.asked, start=1):
        yield from _asked(number, asked, shown)
    for step in made.steps:
        yield from _step(step, shown)
    if made.entry:
        yield from _kept(made.entry, shown)
        yield from _programs(made.entry, shown)
    for row in made.refused:
        yield inline(f"Another source row of this id: {what_became(row)}")
    for override in made.overrides:
        yield inline(f"Override: {_override(override, made.entry)}")


def what_became(state: EntryState) -> str:
    """The state of an entry in words."""
    match state.state:
        case "kept":
            return "kept by all stages"
        case "pending":
            where = f" in the stage {state.stage}" if state.stage else ""
            return f"pending{where}; continue the run with --resume"
        case _:
            return f"dropped by the stage {state.stage}: {state.reason}" + (f": {state.detail}" if state.detail else "")


def cost(spent: Spent) -> str:
    """Requests, tokens and price on one line."""
    usd = "price unknown: the recipe has none" if spent.usd is None else f"{spent.usd:.4f} USD"
    return f"{spent.requests} requests, {spent.input_tokens} input and {spent.output_tokens} output tokens, {usd}"


def tests_of(counts: Mapping[str, int]) -> str:
    """The number of tests by tier, on one line."""
    return ", ".join(f"{tier} {count}" for tier, count in counts.items() if count) or "no tests"


class _Shown:
    """Formats texts of models and data sets."""

    def __init__(self, full: bool) -> None:
        self._full = full

    def text(self, title: str, text: str) -> str:
        """A title and the indented text below it."""
        cut = text if self._full else beginning(text, _CHARACTERS, _LINES)
        return f"    {title}\n{indented(cut, _INDENT)}"


def _source(entry: Entry | None, shown: _Shown) -> Iterator[str]:
    if entry is None:
        return
    origin = entry.problem.origin
    row = f", row {origin.id}" if origin.id else ""
    yield inline(f"  source: {origin.source}{row}; licence: {origin.license or 'unknown'}")
    yield shown.text("statement", entry.problem.statement)
    if entry.problem.solution:
        yield shown.text("gold", entry.problem.solution)


def _asked(number: int, asked: Asked, shown: _Shown) -> Iterator[str]:
    if asked.generator.startswith(SOLVER):
        which = f"sample {asked.round + 1}"
    else:
        which = f"repair, round {asked.round}" if asked.round else "first request"
    yield inline(f"Prompt {number}: {asked.generator}, {which}")
    for message in asked.messages:
        yield shown.text(inline(message.get("role", "")), message.get("content", ""))
    if not asked.replies:
        yield "  no reply yet"
    for reply in asked.replies:
        yield inline(f"  Reply: {_reply(reply)}")
        if reply.text:
            yield shown.text("text", reply.text)


def _reply(reply: Reply) -> str:
    if reply.via == "none":
        return f"none: {reply.reason}: {reply.detail}"
    words = [reply.via, reply.model or "the service names no model"]
    words += [f"id {reply.request_id}"] if reply.request_id else []
    words.append(f"{reply.usage.input_tokens} input and {reply.usage.output_tokens} output tokens")
    words += [f"{reply.usd:.4f} USD"] if reply.usd is not None else []
    words += [f"not usable: {reply.reason}: {reply.detail}"] if reply.reason else []
    return ", ".join(words)


def _step(step: Step, shown: _Shown) -> Iterator[str]:
    if step.outcome:
        yield inline(f"Stage {step.stage}: {what_became(step.outcome)}")
        return
    yield inline(f"Stage {step.stage}: kept, with tests {tests_of(step.tests)}")
    for flag in step.flags:
        yield from _flag(flag, shown)


def _flag(flag: Flag, shown: _Shown) -> Iterator[str]:
    about = f"{flag.tier or 'original'} test: " if flag.input is not None else ""
    yield inline(f"  {about}{flag.reason}{': ' if flag.detail else ''}{flag.detail}")
    for title, text in (("input", flag.input), ("declared output", flag.expected), ("output of the gold", flag.got)):
        if text:
            yield shown.text(title, text)


def _kept(entry: Entry, shown: _Shown) -> Iterator[str]:
    problem = entry.problem
    known = entry.facts or (TestFacts(),) * len(problem.tests)
    for number, (test, facts) in enumerate(zip(problem.tests, known, strict=True), start=1):
        yield inline(f"Test {number}, {test.tier}{_of(facts)}")
        yield from _test(test, shown)
        if facts.votes:
            yield inline(f"  votes: {votes(facts.votes)}")
        if measured := facts.measurement.model_dump(exclude_none=True):
            yield inline(f"  measured: {', '.join(f'{name} {value}' for name, value in measured.items())}")
    for number, test in enumerate(problem.original_tests, start=len(problem.tests) + 1):
        yield f"Test {number}, original"
        yield from _test(test, shown)


def _of(facts: TestFacts) -> str:
    made = facts.provenance
    if made is None:
        return ""
    return f", by {made.generator}, round {made.round}" + (f", request {made.request_id}" if made.request_id else "")


def _test(test: TestCase, shown: _Shown) -> Iterator[str]:
    if test.reason:
        yield inline(f"  tests: {test.reason}")
    if test.generated:
        made = test.generated
        yield inline(f"  printed by {made.program} for the seed {made.seed}: {made.size} bytes, SHA-256 {made.digest}")
    yield shown.text("input", shown_input(test))
    if test.kind != "suite":
        yield shown.text("expected output", test.output)


def votes(given: tuple[Vote, ...]) -> str:
    """Who agreed with the expected output, and who did not."""
    return ", ".join(f"{vote.voter} {'agrees' if vote.agrees else 'differs'}" for vote in given)


def _override(override: Erratum, entry: Entry | None) -> str:
    tests = entry.problem.all_tests if entry else ()
    numbers = [str(number) for number, test in enumerate(tests, start=1) if override.concerns(test)]
    about = f"test {', '.join(numbers)}" if override.test else "the problem"
    to = f" to {override.to}" if override.to else ""
    return f"{override.action} {about}{to}, by {override.author} on {override.date}: {override.reason}"


def _programs(entry: Entry, shown: _Shown) -> Iterator[str]:
    problem, materials = entry.problem, entry.materials
    for program in problem.generator_programs:
        count = sum(test.generated is not None and test.generated.program == program.name for test in problem.tests)
        yield inline(f"Generator program {program.name}: it made {count} of the tests")
        yield shown.text("source", program.source)
    if entry.validator:
        trial = entry.validator_trial
        tried = (
            f", best of {trial.candidates}: accepts {trial.accepted} of {trial.valid} valid inputs, rejects "
            f"{trial.rejected} of {trial.illegal} illegal ones"
            if trial
            else ""
        )
        yield f"Validator{tried}"
        yield shown.text("source", entry.validator)
    for number, candidate in enumerate(materials.validators, start=1):
        if candidate != entry.validator:
            yield f"Validator candidate {number}, not chosen"
            yield shown.text("source", candidate)
    if problem.checker.program:
        yield "Checker"
        yield shown.text("source", problem.checker.program)
    if materials.brute_force:
        yield "Brute force"
        yield shown.text("source", materials.brute_force)
    if entry.solutions:
        yield f"Samples of solvers that no test rejects: {len(entry.solutions)}"
    if entry.wrong:
        yield f"Wrong programs: {len(entry.wrong)}"
