"""Describe how a program ended, on one line."""

from tarot_bench.errors import SandboxError
from tarot_bench.grading.compare import text_of
from tarot_bench.grading.showing import shown
from tarot_bench.problem import Limits
from tarot_bench.verdict import Execution

SKIPPED = "not run: the program exceeded its time limit on an earlier test"
IDLE = "slept or waited"
"""How the reason begins where a program was stopped that wanted no processor."""


def check_not_waiting(execution: Execution, limits: Limits, what: str) -> None:
    """Check that a program did not hit the wall limit with CPU time left, which says nothing of it.

    Args:
        execution: of the program.
        limits: that it had.
        what: the program, for the message.

    Raises:
        SandboxError: it did; the machine was busy.
    """
    if execution.outcome == "time" and not execution.idle and execution.cpu_s < limits.cpu_s:
        raise SandboxError(f"this machine is too busy for {what}: {ending(execution, limits)}")


def ending(execution: Execution, limits: Limits) -> str:
    """Return the limit that a program hit, or its exit status and last line of standard error."""
    match execution.outcome:
        case "time" if execution.idle:
            return f"{IDLE}: stopped after {execution.wall_s:.2f} wall s, {execution.cpu_s:.2f} CPU s"
        case "time":
            return (
                f"stopped after {execution.cpu_s:.2f} CPU s, {execution.wall_s:.2f} wall s (limit {limits.cpu_s:g} s)"
            )
        case "skipped":
            return SKIPPED
        case "memory":
            return f"out of memory at {execution.peak_mib:.0f} MiB resident (limit {limits.memory_mib} MiB)"
        case "output":
            return f"wrote more than {limits.output_kib} KiB"
    last = text_of(execution.stderr).strip().rpartition("\n")[2]
    ended = f"killed by signal {execution.signal}" if execution.signal else f"exit code {execution.exit_code}"
    return shown(last)[1:-1] if execution.outcome == "compile" else f"{ended}{': ' + last[:200] if last else ''}"
