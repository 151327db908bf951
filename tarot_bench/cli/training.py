"""What the verbs that train have in common: a launch on this machine, and silent libraries."""

import os
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tarot_bench.training.launch.plan import LaunchPlan


def run_launch(plan: "LaunchPlan", output: Path) -> int:
    """Run a launch on this machine; returns the exit status of the training."""
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.training.launch.children import STOP_S
    from tarot_bench.training.launch.local import run_here

    keep(output, patience_s=STOP_S)
    return run_here(plan, output, say_line)


def quiet() -> None:
    """Silence the progress bars, deprecation warnings and telemetry of transformers and TRL."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # which trainer is used, and from where
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    with suppress(ImportError):
        from transformers.utils import logging

        logging.disable_progress_bar()
