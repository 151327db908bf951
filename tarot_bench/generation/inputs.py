"""Make test inputs with the generator programs that authors wrote, and refuse what cannot be used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tarot_bench.dataset.entry import DraftedGenerator, Entry, Flag, Provenance
from tarot_bench.errors import one_line
from tarot_bench.generation.unseeded import draws_unseeded
from tarot_bench.generation.validate.settling import STAGE
from tarot_bench.grading.ending import check_not_waiting, ending
from tarot_bench.grading.generated import STORED_BYTES, printed_input
from tarot_bench.problem import GeneratedInput, GeneratorProgram, Limits, TestCase, Tier, sha256
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError
from tarot_bench.verdict import Execution

LIMITS = Limits(cpu_s=10, wall_s=60, memory_mib=1024, output_kib=16 * 1024)
"""Of one run of a generator program."""
_AGAIN = LIMITS.model_copy(update={"wall_s": LIMITS.wall_s + 1})
"""For the second run; other limits, as a `CachedSandbox` runs a program once on one input with equal ones."""
_ENDINGS = {
    "memory": "generator-out-of-memory",
    "output": "generator-writes-too-much",
    "compile": "generator-does-not-compile",
}


@dataclass(frozen=True, slots=True)
class MadeInputs:
    """The inputs that the generator programs of an entry print.

    Attributes:
        tests: candidates, each with where its program came from. Their outputs are empty, their inputs are here,
            large ones too (`tarot_bench.grading.generated.without_large_inputs` removes those).
        programs: those that made a candidate, for `Problem.generator_programs`.
        flags: one per program and reason, for seeds that gave no candidate.
    """

    tests: tuple[tuple[TestCase, Provenance | None], ...]
    programs: tuple[GeneratorProgram, ...]
    flags: tuple[Flag, ...]


def made_inputs(entry: Entry, sandbox: Sandbox) -> MadeInputs:
    """Run the generator programs of an entry's materials, each with the seeds 0, 1, ….

    An input is refused if its program fails, prints nothing, no text or (in function problems) no list of arguments,
    draws random numbers without a seed, prints something else when it is run again, or prints an input that an earlier
    candidate or test has. Where one input of a program differs, those that were not made twice are refused, too. Inputs
    that are tests of the problem already are left out without a flag.

    Raises:
        SandboxError: the sandbox failed.
    """
    making = _Making(entry, sandbox)
    for generator in sorted(entry.materials.generators, key=lambda each: each.tier.rank):
        making.add(generator)
    return MadeInputs(tuple(making.tests), tuple(making.programs.values()), tuple(making.flags))


def program_name(source: str) -> str:
    """The name of a generator program: the same program has the same name in every round."""
    return f"gen-{sha256(source)[:12]}"


class _Making:
    """The candidates, programs and flags of one entry so far."""

    def __init__(self, entry: Entry, sandbox: Sandbox) -> None:
        problem = entry.problem
        self._sandbox = sandbox
        self._kind: Literal["stdin", "call"] = "stdin" if problem.style == "stdin" else "call"
        self._tests = {test.generated.digest for test in problem.all_tests if test.generated}
        self._taken = {sha256(test.input): test.tier for test in problem.all_tests if not test.generated}
        self.tests: list[tuple[TestCase, Provenance | None]] = []
        self.programs: dict[str, GeneratorProgram] = {}
        self.flags: list[Flag] = []

    def add(self, generator: DraftedGenerator) -> None:
        name = program_name(generator.source)
        refused: Counter[str] = Counter()
        details: dict[str, str] = {}
        for seed, given in enumerate(self._inputs(generator)):
            why = given if isinstance(given, _Refused) else self._candidate(generator, name, seed, given)
            if why:
                refused[why.reason] += 1
                details.setdefault(why.reason, f"seed {seed}: {why.detail}")
        for reason, count in refused.items():
            what = f"{name} ({generator.reason[:80]}), {count} of {generator.seeds} seeds; {details[reason]}"
            self.flags.append(Flag(stage=STAGE, reason=reason, detail=what, tier=generator.tier))

    def _candidate(self, generator: DraftedGenerator, name: str, seed: int, text: str) -> "_Refused | None":
        """Add the test of an input, unless there is one."""
        digest = sha256(text)
        if digest in self._tests:
            return None
        if digest in self._taken:
            return _Refused("generator-repeats-input", f"{_named(self._taken[digest])} has the same input")
        self._taken[digest] = generator.tier
        self.programs[name] = GeneratorProgram(name=name, source=generator.source)
        recipe = GeneratedInput(program=name, seed=seed, digest=digest, size=len(text.encode()))
        test = TestCase(tier=generator.tier, input=text, reason=generator.reason, kind=self._kind, generated=recipe)
        self.tests.append((test, generator.provenance))
        return None

    def _inputs(self, generator: DraftedGenerator) -> "list[str | _Refused]":
        """One input per seed, or why there is none.

        The second run is for the first input, and for all that are too large to be stored.
        """
        if draws_unseeded(generator.source):
            return [_Refused("generator-not-deterministic", "it draws random numbers without a seed")] * generator.seeds
        made = [self._read(run) for run in self._first_runs(generator)]
        texts = {seed: text for seed, text in enumerate(made) if isinstance(text, str)}
        checked = [seed for seed, text in texts.items() if seed == min(texts) or len(text.encode()) > STORED_BYTES]
        differing = False
        for seed, run in zip(checked, self._run(generator.source, checked, _AGAIN), strict=True):
            again = self._read(run)
            if again != made[seed]:
                differing = differing or isinstance(again, str)
                what = again.detail if isinstance(again, _Refused) else "another input"
                made[seed] = _Refused("generator-not-deterministic", f"the second run: {what}")
        if differing:  # nothing says then that the unchecked inputs can be made again
            for seed in texts.keys() - set(checked):
                made[seed] = _Refused("generator-not-deterministic", "the program prints another input when run again")
        return made

    def _first_runs(self, generator: DraftedGenerator) -> list[Execution]:
        """One execution per seed; a program that is too slow for the first seed is not run for the others."""
        first = self._run(generator.source, range(1), LIMITS)
        if first[0].outcome == "time":
            return [*first] * generator.seeds
        return [*first, *self._run(generator.source, range(1, generator.seeds), LIMITS)]

    def _run(self, source: str, seeds: Sequence[int], limits: Limits) -> tuple[Execution, ...]:
        inputs = tuple(b"%d\n" % seed for seed in seeds)
        return self._sandbox.run(Job(source, "stdin", inputs, limits)) if inputs else ()

    def _read(self, execution: Execution) -> "str | _Refused":
        check_not_waiting(execution, LIMITS, "a generator program")
        if execution.outcome == "time":  # without the seconds, which differ from run to run
            return _Refused("generator-too-slow", f"it takes more than {LIMITS.cpu_s:g} CPU seconds")
        if not execution.ok:
            return _Refused(_ENDINGS.get(execution.outcome, "generator-crashes"), ending(execution, LIMITS))
        if not execution.stdout.strip():
            return _Refused("generator-prints-nothing", "an empty input")
        try:
            return printed_input(self._kind, execution)
        except (EncodingError, UnicodeDecodeError) as error:
            return _Refused("generator-prints-no-input", one_line(error))


@dataclass(frozen=True, slots=True)
class _Refused:
    reason: str
    detail: str


def _named(tier: Tier | None) -> str:
    return f"a {tier} test" if tier else "an original test"
