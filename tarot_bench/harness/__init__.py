"""Evaluation runs: generate, grade, summarise, grade again, explain."""

from tarot_bench.harness.explain import Explanation, explain
from tarot_bench.harness.failures import Failure, failures, without_verdict
from tarot_bench.harness.regrade import regrade
from tarot_bench.harness.runner import evaluate
from tarot_bench.harness.selftest import SelfTest, selftest
from tarot_bench.harness.settings import Evaluation, resolve
from tarot_bench.harness.summary import Summary

__all__ = [
    "Evaluation",
    "Explanation",
    "Failure",
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
