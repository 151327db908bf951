"""Check training on this machine's GPU with one command: ``make gpu-check``.

The recipe `miniature-25m` is run: supervised training, GRPO and sampling, all on the GPU. Then its runs are looked at:

- whole: every training did all its steps;
- moved: nearly all weights of every trained model differ from those it started from;
- rose: on average, the rewards of the last third of the steps are above those of the first third;
- ran: programs were run at every step, and some tests passed and others failed;
- resumed: a training that goes on from a checkpoint ends with the curve and the weights of an undisturbed one.

It prints what a step's time went to, and what each check found; the exit status is 1 if one failed. Its arguments are
`key=value` pairs that change the recipe.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import torch
from safetensors.torch import load_file

from tarot_bench.config import load_yaml
from tarot_bench.recipes import root
from tarot_bench.sandbox import open_sandbox
from tarot_bench.training.miniature.cells import Work, trained
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.run import run_and_report
from tarot_bench.training.miniature.work import parted_problems, statement_of, training_of
from tarot_bench.training.recipe import Training
from tarot_bench.training.results import MODEL
from tarot_bench.training.trainer.curve import GENERATE, GRADE, LEARN
from tarot_bench.training.trainer.history import TrainingHistory, history_of
from tarot_bench.training.trainer.train import train

RECIPE = root() / "training_baselines" / "recipes" / "miniature-25m.yaml"
RESUMED_STEPS = 4
"""Of the training that is resumed, half of them before the checkpoint."""


class Finding(NamedTuple):
    """What a check found."""

    name: str
    passed: bool
    value: str


class Trained(NamedTuple):
    """One GRPO run of the recipe."""

    work: Work
    history: TrainingHistory


def main() -> int:
    """Run the recipe, check what it left, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="changes of the recipe")
    parser.add_argument("--output", type=Path, default=Path("runs/gpu-check"))
    parser.add_argument("--jobs", type=int, default=4, help="models that are trained at the same time")
    parser.add_argument(
        "--cpu", action="store_true", help="go on without a GPU, to try this script with a smaller recipe"
    )
    asked = parser.parse_args()
    if not (torch.cuda.is_available() or asked.cpu):
        print("torch sees no CUDA GPU: install a CUDA build of torch, or look at `tarot-bench doctor`", file=sys.stderr)
        return 2
    recipe = load_yaml(MiniatureRecipe, RECIPE, asked.overrides)
    print(f"on {torch.cuda.get_device_name() if torch.cuda.is_available() else 'the CPU'}, torch {torch.__version__}")
    page = run_and_report(recipe, asked.output, resume=True, jobs=asked.jobs, tell=print)
    print(page.read_text(encoding="utf-8"))
    works = [Work(recipe, asked.output, key) for key in trained(recipe)]
    runs = [Trained(work, history_of(work.trained)) for work in works]
    print(step_times(runs))
    findings = [*checks(recipe, runs), resumed(works[-1], asked.output / "resumed")]
    for found in findings:
        print(f"{'passed' if found.passed else 'FAILED'}  {found.name}: {found.value}")
    return 0 if all(found.passed for found in findings) else 1


def step_times(runs: list[Trained]) -> str:
    """What the wall time of a step went to, over all runs."""
    steps = [step for one in runs for step in one.history.steps]
    parts = {part: fmean(step[part] for step in steps) for part in (GENERATE, GRADE, LEARN)}
    whole = sum(parts.values())
    shares = ", ".join(
        f"{part.removeprefix('time/')} {spent:.2f} s ({spent / whole:.0%})" for part, spent in parts.items()
    )
    return f"a step takes {whole:.2f} s: {shares}"


def checks(recipe: MiniatureRecipe, runs: list[Trained]) -> Iterator[Finding]:
    """What is checked of the recipe's runs."""
    short = [one for one in runs if len(one.history.steps) != recipe.trainer["max_steps"]]
    yield Finding("whole", not short, f"{len(runs) - len(short)} of {len(runs)} trainings did all their steps")
    moved = min(moved_share(one.work.start, one.work.trained / MODEL) for one in runs)
    yield Finding("moved", moved > 0.9, f"{moved:.1%} of the weights at least")
    first, last = (fmean(third(one, place) for one in runs) for place in (0, -1))
    yield Finding(
        "rose", last > first, f"mean reward {first:.3f} in the first third of the steps, {last:.3f} in the last"
    )
    steps = [step for one in runs for step in one.history.steps]
    run = min(step["reward/runs"] for step in steps)
    passed = fmean(step["verdicts/PASSED"] for step in steps)
    yield Finding(
        "ran", run > 0 and 0 < passed < 1, f"{run:.2f} programs a completion at least; {passed:.1%} of tests passed"
    )


def third(one: Trained, place: int) -> float:
    """The mean reward of the first (0) or the last (-1) third of the steps."""
    steps = one.history.steps
    count = max(1, len(steps) // 3)
    return fmean(step["reward"] for step in (steps[:count] if place == 0 else steps[-count:]))


def moved_share(start: Path, end: Path) -> float:
    """The share of weights that differ."""
    before, after = weights(start), weights(end)
    changed = sum(int((before[name] != after[name]).sum()) for name in before)
    return changed / sum(tensor.numel() for tensor in before.values())


def resumed(work: Work, folder: Path) -> Finding:
    """Train with a checkpoint, go back to it, and train on: does the end match?"""
    recipe = work.recipe
    halfway = {"max_steps": RESUMED_STEPS, "save_strategy": "steps", "save_steps": RESUMED_STEPS // 2}
    settings = recipe.trainer | halfway | {"full_determinism": True}
    training = training_of(work._replace(recipe=recipe.model_copy(update={"trainer": settings})), recipe.baseline)
    shutil.rmtree(folder, ignore_errors=True)
    whole, again = folder / "whole", folder / "again"
    curve = run_once(work, training, whole)
    shutil.copytree(whole, again)
    shutil.rmtree(again / "checkpoints" / f"checkpoint-{RESUMED_STEPS}")
    shutil.rmtree(again / MODEL)
    same_curve = run_once(work, training, again) == curve
    same_weights = moved_share(whole / MODEL, again / MODEL) == 0
    peak = f"; {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB of GPU memory" if torch.cuda.is_available() else ""
    value = f"curve {'equal' if same_curve else 'differs'}, weights {'equal' if same_weights else 'differ'}{peak}"
    return Finding("resumed", same_curve and same_weights, value)


def run_once(work: Work, training: Training, folder: Path) -> list[dict[str, object]]:
    """Train, from the last checkpoint in the folder where there is one; returns the curve."""
    with open_sandbox() as sandbox:
        made = train(training, folder, statement_of, resume=True, sandbox=sandbox, data=parted_problems(work.recipe))
    return made.curve


def weights(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a saved model."""
    return dict(load_file(folder / "model.safetensors"))


if __name__ == "__main__":
    sys.exit(main())
