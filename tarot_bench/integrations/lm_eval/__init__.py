"""The benchmarks as tasks of lm-eval (EleutherAI's lm-evaluation-harness): its models and tables, our grader.

lm-eval finds the task files in ``eval/lm_eval/`` through ``--include_path``. Each names a class of `task` or `tiers`;
those two modules import lm-eval, and only lm-eval imports them.
"""

from pathlib import Path

from tarot_bench.recipes import root


def tasks_dir() -> Path:
    """The folder of the task files, for ``--include_path`` and for ``TaskManager(include_path=…)``."""
    return root() / "eval" / "lm_eval"
