"""Moved modules: importing an old name raises a one-line error that names the new one."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_INTO_EXTRACTION = [
    *("blocks", "choice", "expression", "extract", "fences", "in_json", "lexing", "markers", "names", "reasoning"),
    *("spans", "starter", "stdio", "syntax", "turn", "unfenced"),
]

_INTO_LOCAL = ["bubblewrap", "interpreter", "jail", "packages", "scratch", "slot", "uids", "worker"]

NAMES = {"grade": "grade_text"}
"""Names of the public API that changed. `from tarot_bench import grade` also looks for a module of that name."""

# Old name: new name, both without `tarot_bench.`.
_MOVED = {
    "harness": "evaluation",
    "harness.benchmarks": "benchmarks",
    "harness.inspect_task": "integrations.inspect_ai",
    "harness.lmeval": "integrations.lm_eval",
    "curation": "generation",
    "rl": "training",
    "rl.probe": "training.probe.probe",
    "rl.reward": "training.reward.tier_reward",
    "rl.trainer": "training.trainer.train",
    "grading.intervals": "metrics.intervals",
    "grading.metrics": "metrics.tiers",
    **{f"grading.{name}": f"extraction.{name}" for name in _INTO_EXTRACTION},
    "models.mutation": "mutation",
    "sandbox.executors": "sandbox.backends",
    "models.mutation_operators": "mutation.operators",
    "sandbox.local": "sandbox.backends.local.pool",
    **{f"sandbox.{name}": f"sandbox.backends.local.{name}" for name in _INTO_LOCAL},
}


class _Moved:
    """A finder that runs last and only raises errors for old names."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise for a module that moved.

        Raises:
            ModuleNotFoundError: names the new module, also for modules beneath it.
        """
        package, _, old = name.partition(".")
        known = _MOVED | NAMES
        if package != "tarot_bench" or old not in known:
            return None
        moved = [old, *(other for other in known if other.startswith(f"{old}."))]
        # Without `name=`: `from package import old` swallows an error that has it.
        raise ModuleNotFoundError("; ".join(f"tarot_bench.{name} is now tarot_bench.{known[name]}" for name in moved))


def install() -> None:
    """Install the finder."""
    sys.meta_path.append(_Moved())
