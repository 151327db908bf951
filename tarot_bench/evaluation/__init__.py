"""Evaluate models: request completions, grade, summarise, regrade, explain."""

from tarot_bench.evaluation.explain import Explanation, explain
from tarot_bench.evaluation.failures import FailedProblem, failures, without_verdict
from tarot_bench.evaluation.regrade import regrade
from tarot_bench.evaluation.runner import evaluate
from tarot_bench.evaluation.selftest import SelfTest, selftest
from tarot_bench.evaluation.settings import Evaluation, resolve
from tarot_bench.evaluation.summary import Summary

__all__ = [
    "Evaluation",
    "Explanation",
    "FailedProblem",
    "SelfTest",
    "Summary",
    "evaluate",
    "explain",
    "failures",
    "regrade",
    "resolve",
    "selftest",
    "without_verdict",
]
