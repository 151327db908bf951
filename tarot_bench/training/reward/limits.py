"""Limits of the programs that a reward runs, beside those of their problems."""

from pydantic import Field

from tarot_bench.problem import Frozen, Problem

_WALL_SHARE, _LEAST_WALL_S = 4, 10.0
"""Wall seconds for each CPU second, as in the default limits of a problem, and at least so many: a busy machine must
not end programs that have CPU time left."""


class RewardLimits(Frozen):
    """Upper bounds of a problem's own limits, for one test. A policy writes endless loops, and each costs a limit."""

    cpu_s: float | None = Field(default=None, gt=0)
    """CPU seconds; four times as many wall seconds, at least 10, are the backstop. None keeps the problem's limits."""
    memory_mib: int | None = Field(default=None, ge=64)
    """MiB of address space per process; None keeps the problem's limit."""

    def applied_to(self, problem: Problem) -> Problem:
        """The problem with limits no higher than these; the same object where its limits are not higher."""
        limits = problem.limits
        lower = {}
        if self.cpu_s is not None and self.cpu_s < limits.cpu_s:
            lower = {"cpu_s": self.cpu_s, "wall_s": min(limits.wall_s, max(_LEAST_WALL_S, _WALL_SHARE * self.cpu_s))}
        if self.memory_mib is not None and self.memory_mib < limits.memory_mib:
            lower |= {"memory_mib": self.memory_mib}
        return problem.model_copy(update={"limits": limits.model_copy(update=lower)}) if lower else problem
