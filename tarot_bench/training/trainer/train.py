"""Run one GRPO training on TRL: from a resolved recipe to a model, its curve and its card.

TRL's trainer is unchanged. We add a reward function, a sampler that orders the data by a curriculum, and two callbacks.
"""

from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.errors import ModelError, UserError, boundary
from tarot_bench.problem import Problem
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.training.curriculum import Curriculum
from tarot_bench.training.data.order import sampler_for, trainer_class
from tarot_bench.training.data.rows import HeldOutSplit, Render, TrainingRows, load_split, rows_of
from tarot_bench.training.data.sampler import DealtBlocks
from tarot_bench.training.recipe import Training
from tarot_bench.training.results import MODEL, TrainingSummary, write_summary
from tarot_bench.training.reward.estimates import SolveEstimates
from tarot_bench.training.reward.formats import FormatReward
from tarot_bench.training.reward.tier_reward import TierReward
from tarot_bench.training.trainer.curve import curve_of, tier_rates
from tarot_bench.training.trainer.model_card import model_card, push, write_card
from tarot_bench.training.trainer.safety import check_same_data, full_disk, refused_requests
from tarot_bench.training.trainer.starting import adapters_of, load_tokenizer, start_of
from tarot_bench.training.trainer.trl_arguments import grpo_arguments, make_config, trainer_settings


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The result of a training.

    Attributes:
        model: the folder of the trained model.
        steps: optimizer steps.
        curve: the log without timings, oldest first.
        pushed: the address on the Hub; None if nothing was pushed.
    """

    model: Path
    steps: int
    curve: list[dict[str, Any]]
    pushed: str | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that a trainer is built from."""

    training: Training
    curriculum: Curriculum
    split: HeldOutSplit
    tokenizer: Any
    rows: TrainingRows
    held_out: TrainingRows
    reward: TierReward
    dealt: DealtBlocks

    @property
    def stateful(self) -> dict[str, Any]:
        """What a checkpoint must hold beside TRL's own state, by name."""
        return {"reward": self.reward, "order": self.dealt}


def train(
    training: Training,
    output: Path,
    render: Render,
    *,
    resume: bool = False,
    sandbox: Sandbox | None = None,
    data: HeldOutSplit | None = None,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train a model.

    Args:
        training: what to train.
        output: the run directory.
        render: renders the prompt of a problem.
        resume: continue from the last complete checkpoint of `output`, if there is one.
        sandbox: grades the completions; None opens the recipe's.
        data: what is trained on and what is held out; None reads and splits the recipe's data.
        progress: told of every step; None reports nothing.

    Raises:
        UserError: a package is missing, a name is unknown, a setting is invalid, or the directory holds another run.
    """
    state = _process_state()
    import torch
    from accelerate.utils import gather_object

    from tarot_bench.training.trainer.callbacks import last_checkpoint, restore

    config = make_config(grpo_arguments(training, output, has_gpu=torch.cuda.is_available()))
    parts = _parts(training, render, sandbox, data or load_split(training))
    check_same_data(_read(parts), state.process_index, gather_object)
    with (
        closing(parts.reward),
        full_disk(output),
        refused_requests(output),
        writing(output) if state.is_main_process else nullcontext(),
    ):
        if state.is_main_process:
            run = RunDirectory.start(output, "train", training.identity, _environment(parts), resume)
            run.write_json("left_out.json", {"max_prompt_tokens": list(parts.rows.too_long + parts.held_out.too_long)})
        state.wait_for_everyone()
        trainer = _trainer(parts, config, output, progress or Silent())
        checkpoint = last_checkpoint(output / "checkpoints") if resume else None
        if checkpoint:
            restore(parts.stateful, checkpoint)
            trainer.args.eval_on_start = False  # the checkpoint has that point of the curve
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return _finish(parts, trainer, output)


def _read(parts: _Parts) -> list[Any]:
    """What this process read: the rows with their prompts, and the problems with their tests."""
    problems = (problem.model_dump_json() for part in parts.split for problem in part)
    return [*parts.rows.rows, *parts.held_out.rows, *problems]


def _process_state() -> Any:
    """Accelerate's state of this process.

    Raises:
        UserError: TRL is not installed.
    """
    try:
        import trl  # noqa: F401
        from accelerate import PartialState
    except ImportError as error:
        raise UserError(f'training needs TRL: pip install "tarot-bench[train]" ({error})') from None
    return PartialState()


def _parts(training: Training, render: Render, sandbox: Sandbox | None, parted: HeldOutSplit) -> _Parts:
    from accelerate.utils import gather_object

    recipe = training.recipe
    curriculum = training.curriculum
    tokenizer = load_tokenizer(training, (*parted.train, *parted.held_out))

    def written(part: tuple[Problem, ...]) -> TrainingRows:
        template = trainer_settings(training).get("chat_template_kwargs")
        return rows_of(part, training.model, render, training.system, tokenizer, recipe.max_prompt_tokens, template)

    reward = TierReward(
        curriculum,
        recipe.reward.mode,
        sandbox or recipe.reward.sandbox,
        workers=recipe.reward.workers,
        problems=(*parted.train, *parted.held_out),
        limits=recipe.reward.limits,
        wall_s=recipe.reward.step_wall_s,
        gather=gather_object,
        estimates=SolveEstimates(recipe.data.sampling.decay) if recipe.data.order == "dynamic" else None,
    )
    rows, held_out = written(parted.train), written(parted.held_out)
    return _Parts(training, curriculum, parted, tokenizer, rows, held_out, reward, DealtBlocks())


def _trainer(parts: _Parts, config: Any, output: Path, progress: Progress) -> Any:
    """Build TRL's trainer.

    Raises:
        ModelError: the model cannot be loaded.
    """
    from datasets import Dataset
    from transformers import PrinterCallback

    from tarot_bench.training.trainer.callbacks import Curve, Shown, TrainingState
    from tarot_bench.training.trainer.observed import observed
    from tarot_bench.training.trainer.stages import Stages

    training = parts.training
    held_out = (
        Dataset.from_list([row | {"held_out": True} for row in parts.held_out.rows])
        if config.eval_strategy != "no"
        else None
    )
    with boundary(ModelError, f"making a trainer for {training.model.name}"):
        ids = [row["problem_id"] for row in parts.rows.rows]
        make = sampler_for(training.recipe.data, parts.curriculum, ids, parts.reward, parts.dealt)
        trainer = observed(trainer_class(make))(
            model=start_of(training, parts.tokenizer),
            reward_funcs=_rewards(parts),
            args=config,
            train_dataset=Dataset.from_list(parts.rows.rows),
            eval_dataset=held_out,
            processing_class=parts.tokenizer,
            peft_config=adapters_of(training),
            callbacks=[
                Stages(parts.curriculum, parts.reward.pace, progress.note),
                Curve(output),
                TrainingState(parts.stateful),
            ],
        )
    trainer.add_callback(Shown(progress, trainer.latest_sample))
    trainer.remove_callback(PrinterCallback)  # dozens of metrics a step, on standard output
    return trainer


def _rewards(parts: _Parts) -> list[Any]:
    """The reward functions: the tests', and the format's after it where one is rewarded."""
    tags = parts.training.answer_format
    gated = parts.training.recipe.reward.format_gated
    return [parts.reward, *([FormatReward(tags, parts.reward, gated=gated)] if tags else [])]


def _finish(parts: _Parts, trainer: Any, output: Path) -> TrainingResult:
    """Save the model with its card, and publish it if the recipe asks for it."""
    folder = output / MODEL
    trainer.save_model(str(folder))
    curve = curve_of(trainer.state.log_history)
    pushed = None
    if trainer.is_world_process_zero():
        parts.tokenizer.save_pretrained(str(folder))
        switches = parts.reward.pace.switches
        write_card(folder, model_card(parts.training, parts.curriculum, curve, len(parts.rows.rows), switches))
        points = [(entry["step"], tier_rates(entry)) for entry in curve if tier_rates(entry)]
        held_out = tuple({"step": step, **rates} for step, rates in points)
        summary = TrainingSummary(
            steps=trainer.state.global_step, curriculum=parts.curriculum.name, stages=tuple(switches), held_out=held_out
        )
        write_summary(output, summary)
        pushed = push(parts.training, folder) if parts.training.recipe.hub.push else None
    return TrainingResult(folder, trainer.state.global_step, curve, pushed)


def _environment(parts: _Parts) -> dict[str, Any]:
    from importlib.metadata import version

    packages = {name: version(name) for name in ("trl", "transformers", "torch", "accelerate")}
    return {**packages, "run_name": parts.training.run_name, "problems": len(parts.rows.rows)}
