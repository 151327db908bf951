"""The validation of one entry, step by step: validator, gold, checker, votes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.dataset.entry import Entry, Flag, TestFacts, Vote
from tarot_bench.generation.author.generator import SOLVER
from tarot_bench.generation.dedup.stage import repeated_inputs
from tarot_bench.generation.gold import Observed, agrees, observe, same
from tarot_bench.generation.validate import oracle
from tarot_bench.generation.validate.checkers import choose_checker
from tarot_bench.generation.validate.oracle import BRUTE_FORCE, GOLD
from tarot_bench.generation.validate.sampled import Samples
from tarot_bench.generation.validate.settings import ValidateSettings
from tarot_bench.generation.validate.settling import STAGE, test_flag
from tarot_bench.generation.validate.validators import Inputs, choose
from tarot_bench.grading.arguments import as_json
from tarot_bench.grading.showing import shown
from tarot_bench.grading.usable import unusable
from tarot_bench.problem import TIERS, Checker, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.sandbox.values import EncodingError
from tarot_bench.verdict import Verdict

_REASONS = {
    Verdict.WRONG_ANSWER: "gold-disagrees",
    Verdict.RUNTIME_ERROR: "gold-crashes",
    Verdict.TIME_LIMIT: "gold-too-slow",
    Verdict.MEMORY_LIMIT: "gold-out-of-memory",
    Verdict.OUTPUT_LIMIT: "gold-writes-too-much",
}


@dataclass(slots=True)
class _Case:
    """A test under validation.

    Attributes:
        test: as it is so far.
        facts: of the test; those with votes are settled.
        seen: what the gold did; None where it was not run.
        is_dropped: whether it was not accepted.
    """

    test: TestCase
    facts: TestFacts
    seen: Observed | None = None
    is_dropped: bool = False

    @property
    def is_new(self) -> bool:
        return not self.is_dropped and not self.facts.votes

    @property
    def declares_output(self) -> bool:
        """Whether somebody wrote down an output, which nobody does for a generated input."""
        return self.test.generated is None or bool(self.test.output)


class Validation:
    """The validation of one entry.

    Attributes:
        outvoted: the first test on which other programs outvote the gold, as one line; None if there is none.
        dropped: why the entry is dropped, as (reason, detail); None if it is not.
    """

    def __init__(self, entry: Entry, sandbox: Sandbox, settings: ValidateSettings) -> None:
        self._entry, self._problem, self._materials = entry, entry.problem, entry.materials
        self._sandbox, self._settings = sandbox, settings
        facts = entry.facts or (TestFacts(),) * len(entry.problem.tests)
        self._samples = Samples(entry.solutions, sandbox)
        self._cases = [_Case(*pair) for pair in zip(entry.problem.tests, facts, strict=True)]
        self._flags: list[Flag] = []
        self.outvoted: str | None = None
        self.dropped: tuple[str, str] | None = None

    def run(self) -> Entry:
        """The entry with what was accepted.

        Raises:
            SandboxError: the sandbox failed.
        """
        self._drop_malformed()
        chosen = self._choose_validator()
        self._run_gold()
        if not self.dropped:
            self._settle()
        kept = self._without_repeated()
        self._flag_constants([case.test for case in kept])
        problem = self._problem.model_copy(update={"tests": tuple(case.test for case in kept)})
        flags = (*self._entry.flags, *self._flags)
        facts = tuple(case.facts for case in kept)
        made = {"problem": problem, "facts": facts, "flags": flags, "materials": self._materials}
        made["solutions"] = self._samples.right
        made["wrong"] = tuple(dict.fromkeys((*self._entry.wrong, *self._samples.wrong)))
        return self._entry.model_copy(update={**chosen, **made})

    def _new(self) -> list[_Case]:
        return [case for case in self._cases if case.is_new]

    def _drop_malformed(self) -> None:
        """Drop new tests of which the source wrote arguments, values or suites that cannot be read."""
        for case in self._new():
            if case.declares_output and (flaw := unusable(self._problem, case.test)):
                self._drop(case, "malformed-test", "", flaw)

    def _choose_validator(self) -> dict[str, object]:
        """Drop the inputs that the best validator rejects; the fields of the entry that tell of it."""
        believed = () if self._entry.validator is None else (self._entry.validator,)
        candidates = (*believed, *self._entry.materials.validators)
        settled = [case for case in self._cases if not case.is_dropped and case.facts.votes]
        fresh = self._new() if believed else [*settled, *self._new()]  # nobody judged those that were settled without
        judged = [case for case in fresh if case.test.kind != "suite"]
        known = [*self._problem.original_tests, *(case.test for case in settled if believed)]
        inputs = Inputs(
            tuple(_text_of(test) for test in known if test.kind != "suite" and test.stored),
            tuple(_text_of(case.test) for case in judged),
            self._entry.materials.illegal,
            self._entry.validator if self._entry.validator_trial else None,
        )
        if not candidates or not (inputs.known or inputs.judged):
            return {}
        choice = choose(self._problem, candidates, inputs, self._sandbox, self._settings.damage_rejected)
        for number in choice.refused:
            self._drop(judged[number], "invalid-input", "", "the validator refuses this input")
        if choice.validator is None:
            self._flags += [Flag(stage=STAGE, reason=code, detail=detail) for code, detail in choice.faults]
        return {"validator": choice.validator, "validator_trial": choice.trial}

    def _run_gold(self) -> None:
        """Run the gold on all new tests; drop those on which it does not end well, or answers differently."""
        cases = self._new()
        if not cases:
            return
        # What a program checker says of declared outputs is asked later, once for each test.
        checker = Checker() if self._problem.checker.kind == "program" else self._problem.checker
        asked = {"tests": tuple(map(_with_output, cases)), "original_tests": (), "checker": checker}
        gold = self._problem.solution or ""
        observed = observe(self._problem.model_copy(update=asked), gold, self._sandbox, self._settings.times)
        for case, seen in zip(cases, observed, strict=True):
            case.seen = seen
            if seen.verdict is Verdict.COMPILE_ERROR:
                self.dropped = "gold-does-not-compile", seen.detail
            elif any(not same(case.test, seen.outputs[0], again) for again in seen.outputs[1:]):
                self._drop(case, "gold-not-deterministic", seen.outputs[0], "the gold's runs differ")
            elif seen.verdict not in (Verdict.PASSED, Verdict.WRONG_ANSWER) or (
                case.test.kind == "suite" and seen.verdict is not Verdict.PASSED
            ):
                got = seen.outputs[0] if seen.outputs else ""
                self._drop(case, _REASONS.get(seen.verdict, "gold-fails"), got, self._ending(seen))
            elif not all(map(_is_text, seen.outputs)):
                self._drop(case, "output-not-text", seen.outputs[0], "the gold writes bytes that are not UTF-8")
            elif (size := _largest((case.test.output, *seen.outputs))) > self._settings.output_kib * 1024:
                what = f"{size:,} bytes, {self._settings.output_kib} KiB are allowed: make the input smaller"
                self._drop(case, "output-too-large", seen.outputs[0], what)

    def _ending(self, seen: Observed) -> str:
        """How the gold ended; without its seconds, which differ from run to run."""
        is_slow = seen.verdict is Verdict.TIME_LIMIT
        return f"it takes more than {self._problem.limits.cpu_s:g} CPU seconds" if is_slow else seen.detail

    def _settle(self) -> None:
        """Give every new test its output."""
        for case in self._new():
            if case.test.kind == "suite":
                self._accept(case, case.test.output, (Vote(voter=GOLD, agrees=True),))
        cases = self._new()
        if not cases:
            return
        tests = [case.test for case in cases]
        outputs = self._outputs(cases, tests)
        if self.dropped:
            return
        for number, case in enumerate(cases):
            self._settle_one(case, oracle.ended(outputs, number))
            if not case.is_dropped:
                self._samples.judge(self._problem, number, case.test)

    def _outputs(self, cases: Sequence[_Case], tests: Sequence[TestCase]) -> oracle.Outputs:
        """The outputs of all voters on new tests. A wider checker is chosen on the way, if it is needed."""
        outputs: dict[str, Sequence[str | None]] = {GOLD: [case.seen.outputs[0] for case in cases if case.seen]}
        self._samples.run(self._problem, tests)
        if self._settings.policy != "majority":
            return outputs
        brute_force = self._entry.materials.brute_force
        voters = oracle.voters_of(self._problem, brute_force, self._sandbox)
        outputs |= oracle.executed(self._problem, voters, tests, self._sandbox)
        outputs |= self._samples.votes(self._problem, tests)
        checker, flags = choose_checker(self._entry, tests, outputs, self._sandbox)
        self._problem = self._problem.model_copy(update={"checker": checker})
        self._flags += flags
        if refuted := oracle.refuted_brute_force(self._problem, tests, outputs, self._sandbox):
            self._flags.append(Flag(stage=STAGE, reason="brute-force-refused", detail=refuted))
            self._materials = self._materials.model_copy(update={"brute_force": None})
            del outputs[BRUTE_FORCE]
        differing, both = oracle.contradictions(self._problem, tests, outputs, self._sandbox)
        both += sum(vote.voter == BRUTE_FORCE for case in self._cases for vote in case.facts.votes)
        if differing > 1 and differing > self._settings.contradicted * both:
            self.dropped = "gold-contradicted", f"a brute force gives another output on {differing} of {both} tests"
        return outputs

    def _settle_one(self, case: _Case, outputs: Mapping[str, str]) -> None:
        """Settle one test by the votes, or drop it with a flag that gives the reason."""
        by_models = {name for name in outputs if name == BRUTE_FORCE or name.startswith(SOLVER)}
        breaks_ties = case.declares_output and bool(set(outputs) - by_models - {GOLD})
        declared = case.test.output if breaks_ties else None
        ballot = oracle.vote(self._problem, case.test, outputs, self._sandbox, declared)
        if ballot.winner is None:
            ballot = oracle.upheld(self._problem, case.test, outputs, self._sandbox) or ballot
        if ballot.winner is None:
            is_refused = not self._agrees(case.test, outputs[GOLD], outputs[GOLD])
            self._drop(
                case, "checker-rejects-gold" if is_refused else _division(outputs), outputs[GOLD], _told(outputs)
            )
            return
        if not self._agrees(case.test, ballot.winner, outputs[GOLD]):
            got = shown(outputs[GOLD])
            self.outvoted = self.outvoted or f"{case.test.tier} test: {shown(ballot.winner)}, the gold gives {got}"
        if not case.declares_output or not self._contradicts(case, ballot.winner):
            self._accept(case, _written(case, ballot.winner), ballot.votes)
            return
        detail = case.seen.detail if case.seen else ""
        self._flags.append(test_flag("gold-disagrees", case.test, outputs[GOLD], detail))
        is_confirmed = ballot.supporters > 1 or self._is_predicted_elsewhere(case, ballot.winner)
        if self._settings.policy == "gold" or (self._settings.policy == "majority" and is_confirmed):
            self._accept(case, ballot.winner, ballot.votes)
        else:
            case.is_dropped = True

    def _is_predicted_elsewhere(self, case: _Case, winner: str) -> bool:
        """Whether another author predicted this output for an input of the same words."""
        words = case.test.input.split()
        others = [other.test for other in self._cases if other is not case and other.declares_output]
        alike = [other for other in others if other.input.split() == words]
        return any(self._agrees(case.test, winner, other.output) for other in alike)

    def _contradicts(self, case: _Case, winner: str) -> bool:
        """Whether the declared output is not the executed one; a checker must accept each as the other."""
        declared = case.test.output
        if not self._agrees(case.test, declared, winner):
            return True
        return self._problem.checker.kind == "program" and not self._agrees(case.test, winner, declared)

    def _agrees(self, test: TestCase, expected: str, actual: str) -> bool:
        return agrees(self._problem, test, expected, actual, self._sandbox)

    def _accept(self, case: _Case, output: str, votes: tuple[Vote, ...]) -> None:
        update: dict[str, object] = {"votes": votes}
        if self._settings.record_cpu and case.seen:
            measured = {"gold_cpu_s": round(case.seen.cpu_s, 4)}
            update["measurement"] = case.facts.measurement.model_copy(update=measured)
        case.test = case.test.model_copy(update={"output": output})
        case.facts = case.facts.model_copy(update=update)

    def _drop(self, case: _Case, reason: str, got: str, what: str) -> None:
        self._flags.append(test_flag(reason, case.test, got, what))
        case.is_dropped = True

    def _without_repeated(self) -> list[_Case]:
        """The accepted tests; of those with equal inputs, the one of the lowest tier."""
        cases = [case for case in self._cases if not case.is_dropped]
        repeated = repeated_inputs(self._problem.model_copy(update={"tests": tuple(case.test for case in cases)}))
        for number, earlier in repeated.items():
            tier = cases[earlier].test.tier
            self._drop(cases[number], "same-input", "", f"the {tier} tier has the same input")
        return [case for case in cases if not case.is_dropped]

    def _flag_constants(self, tests: Sequence[TestCase]) -> None:
        """Flag tests that a constant output would pass: of a tier with several tests, or of the whole problem."""
        groups = {str(tier): [test for test in tests if test.tier is tier] for tier in TIERS}
        if all(len(group) <= 1 for group in groups.values()):
            groups = {"all tiers": list(tests)}
        for name, group in groups.items():
            answers = {test.output.strip() for test in group}
            if len(group) > 1 and len(answers) == 1 and group[0].kind != "suite":
                detail = f"{name}: {len(group)} tests, one answer {answers.pop()[:80]!r}"
                self._flags.append(Flag(stage=STAGE, reason="constant-answer", detail=detail))


def _written(case: _Case, winner: str) -> str:
    """The output to ship: what ran. Where somebody declared the same but for white space, their text stays."""
    declared = case.test.output
    return declared if case.declares_output and same(case.test, declared, winner) else winner


def _with_output(case: _Case) -> TestCase:
    """The test of a case; where nobody declared an output, the grader still reads a value."""
    undeclared = case.test.kind == "call" and not case.declares_output
    return case.test.model_copy(update={"output": "null"}) if undeclared else case.test


def _is_text(output: str) -> bool:
    """Whether an output can be stored: `text_of` turns bytes that are not UTF-8 into lone surrogates."""
    try:
        output.encode()
    except UnicodeEncodeError:
        return False
    return True


def _largest(outputs: Sequence[str]) -> int:
    """Bytes of the largest output as UTF-8."""
    return max(len(output.encode("utf-8", "surrogateescape")) for output in outputs)


def _text_of(test: TestCase) -> str:
    """What a validator reads: the input, or the arguments as JSON; those that cannot be read, as they are."""
    try:
        return as_json(test.input) if test.kind == "call" else test.input
    except EncodingError:
        return test.input


def _division(outputs: Mapping[str, str]) -> str:
    return "brute-force-disagrees" if set(outputs) == {GOLD, BRUTE_FORCE} else "programs-disagree"


def _told(outputs: Mapping[str, str]) -> str:
    """The outputs of all voters on one line."""
    return "; ".join(f"{name}: {shown(output)}" for name, output in outputs.items())
