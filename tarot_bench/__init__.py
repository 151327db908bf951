"""tarot-bench: four-tier test suites for code models (TAROT, arXiv 2602.15449).

The public API. Names are resolved on first use, so that ``import tarot_bench`` stays cheap and never pulls a heavy
dependency.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tarot_bench import renamed

__version__ = "0.1.0"

renamed.install()

_HOMES = {
    "AsyncTierReward": "training.reward.tier_reward",
    "AuditReport": "generation.audit.report",
    "Author": "generation.author.drafting",
    "Benchmark": "benchmarks.base",
    "Comparison": "metrics.comparison",
    "Completion": "verdict",
    "Curriculum": "training.curriculum",
    "Execution": "verdict",
    "Grade": "verdict",
    "Limits": "problem",
    "Model": "models.base",
    "Problem": "problem",
    "Run": "api.run",
    "Sandbox": "sandbox.base",
    "Summary": "evaluation.summary",
    "TestCase": "problem",
    "TestResult": "verdict",
    "Tier": "problem",
    "TierReward": "training.reward.tier_reward",
    "Verdict": "verdict",
    "VerdictMatrix": "verdict",
    "audit": "generation.audit.auditing",
    "compare": "api.compare",
    "difference": "dataset.difference",
    "evaluate": "api.evaluate",
    "evaluate_async": "api.evaluate",
    "export": "integrations.exports.exporting",
    "generate": "generation.factory",
    "grade_many": "grading.answers",
    "grade_text": "grading.answers",
    "history": "generation.history.history",
    "load_problems": "dataset",
    "open_run": "api.run",
    "open_sandbox": "sandbox",
    "publish": "publishing.publish",
    "rank": "api.compare",
    "report": "api.report",
}

if TYPE_CHECKING:
    from tarot_bench.api.compare import compare as compare
    from tarot_bench.api.compare import rank as rank
    from tarot_bench.api.evaluate import evaluate as evaluate
    from tarot_bench.api.evaluate import evaluate_async as evaluate_async
    from tarot_bench.api.report import report as report
    from tarot_bench.api.run import Run as Run
    from tarot_bench.api.run import open_run as open_run
    from tarot_bench.benchmarks.base import Benchmark as Benchmark
    from tarot_bench.dataset import load_problems as load_problems
    from tarot_bench.dataset.difference import difference as difference
    from tarot_bench.evaluation.summary import Summary as Summary
    from tarot_bench.generation.audit.auditing import audit as audit
    from tarot_bench.generation.audit.report import AuditReport as AuditReport
    from tarot_bench.generation.author.drafting import Author as Author
    from tarot_bench.generation.factory import generate as generate
    from tarot_bench.generation.history.history import history as history
    from tarot_bench.grading.answers import grade_many as grade_many
    from tarot_bench.grading.answers import grade_text as grade_text
    from tarot_bench.integrations.exports.exporting import export as export
    from tarot_bench.metrics.comparison import Comparison as Comparison
    from tarot_bench.models.base import Model as Model
    from tarot_bench.problem import Limits as Limits
    from tarot_bench.problem import Problem as Problem
    from tarot_bench.problem import TestCase as TestCase
    from tarot_bench.problem import Tier as Tier
    from tarot_bench.publishing.publish import publish as publish
    from tarot_bench.sandbox import open_sandbox as open_sandbox
    from tarot_bench.sandbox.base import Sandbox as Sandbox
    from tarot_bench.training.curriculum import Curriculum as Curriculum
    from tarot_bench.training.reward.tier_reward import AsyncTierReward as AsyncTierReward
    from tarot_bench.training.reward.tier_reward import TierReward as TierReward
    from tarot_bench.verdict import Completion as Completion
    from tarot_bench.verdict import Execution as Execution
    from tarot_bench.verdict import Grade as Grade
    from tarot_bench.verdict import TestResult as TestResult
    from tarot_bench.verdict import Verdict as Verdict
    from tarot_bench.verdict import VerdictMatrix as VerdictMatrix

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    """Import the module of a public name on first use."""
    if name in renamed.NAMES:
        raise AttributeError(f"tarot_bench.{name} is now tarot_bench.{renamed.NAMES[name]}")
    if name not in _HOMES:
        raise AttributeError(f"module 'tarot_bench' has no attribute {name!r}")
    return getattr(import_module(f"tarot_bench.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
