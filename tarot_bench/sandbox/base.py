"""The protocol of all sandboxes: jobs go in, executions come out, expected outputs never enter.

A backend of another package is a class like `Sandbox` and a factory `(SandboxOptions) -> Sandbox`, which its
``pyproject.toml`` names in the entry-point group ``tarot_bench.sandboxes``; ``examples/plugin_sandbox/`` is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

from tarot_bench.problem import Limits
from tarot_bench.verdict import Execution

JobMode = Literal["stdin", "call", "calls", "suite"]
Level = Literal["full", "landlock", "none"]


@dataclass(frozen=True, slots=True)
class Job:
    """One program and the inputs to run it on; every input gets a process of its own.

    Attributes:
        source: the program's text.
        mode: how each element of ``inputs`` is used.

            - ``stdin``: bytes for standard input of ``python3 main.py``.
            - ``call``: an encoded list of positional arguments (`values.encode`). The program is imported as a
              module (``__name__`` is not ``__main__``), ``entry_point`` is called, and what it returns comes back,
              encoded, as ``Execution.result``.
            - ``calls``: an encoded list of calls, each ``[positional arguments, named arguments]``, made in order in
              one process. ``Execution.result`` is a list of ``["value", value]``, or ``["raised", text]`` for the
              first call that raised, which is also the last.
            - ``suite``: Python source of trusted test code that calls ``candidate(...)``, or has
              ``candidate.evaluate(expression)`` evaluate an expression in the program's namespace. It runs in a
              process of its own, apart from the program; only encoded values pass between the two.
              ``Execution.result`` is then the encoded report
              ``{"status": "passed" | "failed" | "raised" | "broken", "detail": str}``: the test code finished, an
              assertion failed, the candidate raised, or the test code itself is at fault.
        inputs: one element per test.
        limits: what each test may use.
        entry_point: all but ``stdin``: a function's name, or ``Solution.name`` for a method of a class that is
            instantiated anew for every test.
    """

    source: str
    mode: JobMode
    inputs: tuple[bytes, ...]
    limits: Limits
    entry_point: str | None = None


@dataclass(frozen=True, slots=True)
class SandboxInfo:
    """The description of a sandbox, as stored in every run.

    Attributes:
        kind: the name that opens it, as in ``local``.
        level: how strong the isolation is: ``full`` (namespaces of its own, or another machine), ``landlock`` (the
            program sees the machine's processes, and can neither write files nor reach the network) or ``none``.
        python: version of the interpreter that runs the programs.
        details: everything else that affects a program: kernel and library versions, hash seed, warm or cold. The
            verdict cache answers for sandboxes of equal kind, level, version and details.
    """

    kind: str
    level: Level
    python: str
    details: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The options of `open_sandbox`. A backend refuses options that it does not support.

    Attributes:
        workers: how many jobs run at the same time; None leaves it to the backend.
        least: the weakest level of isolation to accept.
        packages: installed packages that programs may import, beside the standard library; None takes the default.
    """

    workers: int | None = None
    least: Level = "landlock"
    packages: Sequence[str] | None = None


class Sandbox(Protocol):
    """Runs untrusted programs. Safe to call from several threads at once."""

    @property
    def info(self) -> SandboxInfo:
        """The description of this sandbox."""
        ...

    @property
    def workers(self) -> int:
        """How many jobs run at the same time; more concurrent `run` calls than this wait their turn."""
        ...

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job's program on each of its inputs; one execution per input, in order.

        Raises:
            SandboxError: the sandbox itself failed, after its own retries. Never raised for what a program does.
        """
        ...

    def close(self) -> None:
        """Kill all processes and release all resources. Idempotent."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """A mixin that closes a sandbox at the end of a ``with`` statement."""

    def close(self) -> None:
        """Release all resources; each sandbox implements this."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
