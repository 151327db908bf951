"""Make the inputs that a dataset does not store: run their generator programs in the sandbox.

A dataset stores a large input as the name of a generator program, a seed and a digest. It is made when it is first
needed and kept in memory, and on disk too where the sandbox is a `CachedSandbox`.
"""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from tarot_bench.errors import SandboxError, one_line
from tarot_bench.grading.arguments import arguments
from tarot_bench.grading.ending import ending
from tarot_bench.problem import GeneratedInput, Limits, Problem, TestCase, sha256
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError
from tarot_bench.verdict import Execution

LIMITS = Limits(cpu_s=30, wall_s=240, memory_mib=1024, output_kib=64 * 1024)
"""Of one run of a generator program: well above what `generate` accepts, as other machines are slower."""
STORED_BYTES = 64 * 1024
"""Generated inputs of at most so many bytes are stored as text, too."""
_KEPT_BYTES = 256 * 1024 * 1024
_STRIPES = 64


class UnmadeInputError(SandboxError):
    """The sandbox is well, and a generator program of the dataset does not print the input that it should."""


def with_inputs(problem: Problem, sandbox: Sandbox) -> Problem:
    """Return the problem with the inputs that were not stored.

    Raises:
        UnmadeInputError: a program is missing, failed, or prints another input than when the dataset was made.
        SandboxError: the sandbox failed, or a program exceeded a time limit.
    """
    if all(test.stored for test in problem.all_tests):
        return problem
    tests, originals = (
        tuple(with_input(problem, test, sandbox) for test in each) for each in (problem.tests, problem.original_tests)
    )
    return problem.model_copy(update={"tests": tests, "original_tests": originals})


def with_input(problem: Problem, test: TestCase, sandbox: Sandbox) -> TestCase:
    """Return a test of the problem with its input.

    Raises:
        UnmadeInputError: see `with_inputs`.
        SandboxError: see `with_inputs`.
    """
    recipe = test.generated
    if recipe is None or test.stored:
        return test
    which = f"the generator program {recipe.program!r} of problem {problem.id!r}, seed {recipe.seed}"
    source = next((each.source for each in problem.generator_programs if each.name == recipe.program), None)
    if source is None:
        raise UnmadeInputError(f"{which} is missing")
    key = _Key(source, recipe)
    with _kept.making(key):
        text = _kept.get(key)
        if text is None:
            text = _make(which, source, test.kind, recipe, sandbox)
            _kept.put(key, text)
    return test.model_copy(update={"input": text})


def without_large_inputs(problem: Problem) -> Problem:
    """Return the problem as it is stored: without large generated inputs, and without unused generator programs."""
    tests, originals = (tuple(map(_bare, each)) for each in (problem.tests, problem.original_tests))
    used = {test.generated.program for test in problem.all_tests if test.generated}
    programs = tuple(program for program in problem.generator_programs if program.name in used)
    return problem.model_copy(update={"tests": tests, "original_tests": originals, "generator_programs": programs})


def printed_input(kind: str, execution: Execution) -> str:
    """Return the input that a generator program printed; for calls the encoding of its arguments.

    Args:
        kind: of the test (`TestCase.kind`).
        execution: of the generator program, which ended well.

    Raises:
        ValueError: it is not UTF-8, or no list of arguments.
    """
    text = execution.stdout.decode()
    return arguments(text) if kind == "call" else text


def _bare(test: TestCase) -> TestCase:
    large = test.generated and test.generated.size > STORED_BYTES
    return test.model_copy(update={"input": ""}) if large else test


def _make(which: str, source: str, kind: str, recipe: GeneratedInput, sandbox: Sandbox) -> str:
    """Run a generator program and check what it prints.

    Raises:
        SandboxError: see `with_inputs`.
    """
    (execution,) = sandbox.run(Job(source, "stdin", (b"%d\n" % recipe.seed,), LIMITS))
    if not execution.ok:
        is_late = execution.outcome == "time" and not execution.idle  # this machine may be busy
        failure = SandboxError if is_late else UnmadeInputError
        raise failure(f"{which} failed: {ending(execution, LIMITS)}")
    try:
        text = printed_input(kind, execution)
    except (EncodingError, UnicodeDecodeError) as error:
        raise UnmadeInputError(f"{which} printed no input: {one_line(error)}") from None
    if sha256(text) != recipe.digest or len(text.encode()) != recipe.size:
        raise UnmadeInputError(
            f"{which} printed another input than when the dataset was made ({len(text.encode())} bytes for "
            f"{recipe.size}, or other content); run it with the Python version that the dataset was made with"
        )
    return text


class _Key(NamedTuple):
    source: str
    recipe: GeneratedInput


class _Kept:
    """The inputs used last, by program and seed. Thread-safe; an input that several threads need is made once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making = [Lock() for _ in range(_STRIPES)]
        self._texts: OrderedDict[_Key, str] = OrderedDict()
        self._bytes = 0

    def making(self, key: _Key) -> Lock:
        """The lock to hold while an input is looked up or made; other inputs may share it."""
        return self._making[hash(key) % _STRIPES]

    def get(self, key: _Key) -> str | None:
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
            return self._texts.get(key)

    def put(self, key: _Key, text: str) -> None:
        with self._lock:
            self._texts[key] = text
            self._bytes += key.recipe.size
            while self._bytes > _KEPT_BYTES:
                oldest, _ = self._texts.popitem(last=False)
                self._bytes -= oldest.recipe.size


_kept = _Kept()
