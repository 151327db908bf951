"""Run one GRPO training on TRL: from a resolved recipe to a model, its curve and its card.

TRL's trainer is unchanged. We add a reward function, a sampler that orders the data by a curriculum, and two callbacks.
"""

from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.dataset import load_problems
from tarot_bench.errors import ModelError, UserError, boundary
from tarot_bench.problem import Problem
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.training.curriculum import Curriculum, load_curriculum
from tarot_bench.training.data.order import SHUFFLED, read_difficulties, trainer_class
from tarot_bench.training.data.rows import HeldOutSplit, Render, TrainingRows, rows_of, split
from tarot_bench.training.recipe import Training, chat_template_of
from tarot_bench.training.reward.tier_reward import TierReward
from tarot_bench.training.trainer.curve import curve_of, tier_rates
from tarot_bench.training.trainer.fresh import fresh_model, fresh_tokenizer
from tarot_bench.training.trainer.model_card import model_card, push, write_card
from tarot_bench.training.trainer.trl_arguments import grpo_arguments, make_config


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


def train(
    training: Training,
    output: Path,
    render: Render,
    *,
    resume: bool = False,
    sandbox: Sandbox | None = None,
    data: HeldOutSplit | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> TrainingResult:
    """Train a model.

    Args:
        training: what to train.
        output: the run directory.
        render: renders the prompt of a problem.
        resume: continue from the last complete checkpoint of `output`, if there is one.
        sandbox: grades the completions; None opens the recipe's.
        data: what is trained on and what is held out; None reads and splits the recipe's data.
        tell: called with lines of progress.

    Raises:
        UserError: a package is missing, a name is unknown, a setting is invalid, or the directory holds another run.
    """
    state = _process_state()
    import torch

    from tarot_bench.training.trainer.callbacks import last_checkpoint, restore

    config = make_config(grpo_arguments(training, output, has_gpu=torch.cuda.is_available()))
    parts = _parts(training, render, sandbox, data or _split(training))
    with closing(parts.reward), writing(output) if state.is_main_process else nullcontext():
        if state.is_main_process:
            run = RunDirectory.start(output, "train", training.identity, _environment(parts), resume)
            run.write_json("left_out.json", {"max_prompt_tokens": list(parts.rows.too_long + parts.held_out.too_long)})
        state.wait_for_everyone()
        trainer = _trainer(parts, config, output, tell)
        checkpoint = last_checkpoint(output / "checkpoints") if resume else None
        if checkpoint:
            restore(parts.reward, checkpoint)
            trainer.args.eval_on_start = False  # the checkpoint has that point of the curve
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return _finish(parts, trainer, output)


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


def _split(training: Training) -> HeldOutSplit:
    data = training.recipe.data
    problems = load_problems(data.source, revision=data.revision, split=data.split)
    return split(tuple(problems)[: data.limit], data.held_out, training.recipe.seed)


def _parts(training: Training, render: Render, sandbox: Sandbox | None, parted: HeldOutSplit) -> _Parts:
    recipe = training.recipe
    curriculum = load_curriculum(recipe.curriculum).reseeded(recipe.seed)
    tokenizer = _tokenizer(training, (*parted.train, *parted.held_out))

    def written(part: tuple[Problem, ...]) -> TrainingRows:
        return rows_of(part, training.model, render, training.system, tokenizer, recipe.max_prompt_tokens)

    reward = TierReward(
        curriculum,
        recipe.reward.mode,
        sandbox or recipe.reward.sandbox,
        workers=recipe.reward.workers,
        format=training.answer_format,
        problems=(*parted.train, *parted.held_out),
    )
    return _Parts(training, curriculum, parted, tokenizer, written(parted.train), written(parted.held_out), reward)


def _tokenizer(training: Training, problems: tuple[Problem, ...]) -> Any:
    """Load the model's tokenizer with the chat template that its file names.

    Raises:
        ModelError: it cannot be loaded, or a chat model has no chat template.
    """
    spec = training.model
    if spec.fresh:
        texts = [text for problem in problems for text in (problem.statement, problem.solution or "")]
        return fresh_tokenizer(texts, spec.fresh.vocabulary)
    from transformers import AutoTokenizer

    with boundary(ModelError, f"loading the tokenizer of {spec.id}"):
        tokenizer = AutoTokenizer.from_pretrained(spec.id, revision=spec.revision, padding_side="left")
    tokenizer.chat_template = chat_template_of(spec) or tokenizer.chat_template
    if spec.kind == "chat" and not tokenizer.chat_template:
        raise ModelError(f"{spec.id} has no chat template: name one in the model file, or set kind: base")
    return tokenizer


def _trainer(parts: _Parts, config: Any, output: Path, tell: Callable[[str], None]) -> Any:
    """Build TRL's trainer.

    Raises:
        ModelError: the model cannot be loaded.
    """
    from datasets import Dataset
    from transformers import PrinterCallback

    from tarot_bench.training.trainer.callbacks import Curve, RewardState

    training = parts.training
    held_out = Dataset.from_list(parts.held_out.rows) if config.eval_strategy != "no" else None
    with boundary(ModelError, f"making a trainer for {training.model.name}"):
        trainer = _trainer_class(parts)(
            model=_model(parts),
            reward_funcs=parts.reward,
            args=config,
            train_dataset=Dataset.from_list(parts.rows.rows),
            eval_dataset=held_out,
            processing_class=parts.tokenizer,
            peft_config=_adapters(training),
            callbacks=[Curve(output, tell), RewardState(parts.reward)],
        )
    trainer.remove_callback(PrinterCallback)  # dozens of metrics a step, on standard output
    return trainer


def _trainer_class(parts: _Parts) -> Any:
    """The trainer class for the order of the data that the recipe sets."""
    data = parts.training.recipe.data
    ids = [row["problem_id"] for row in parts.rows.rows]
    if data.order == "as_given":
        from trl import GRPOTrainer

        return GRPOTrainer
    if data.order == "curriculum":
        return trainer_class(parts.curriculum, read_difficulties(data.difficulties, ids))
    return trainer_class(SHUFFLED, [0.0] * len(ids))


def _model(parts: _Parts) -> Any:
    """A model for TRL: an id that it loads, or a randomly initialised model."""
    spec = parts.training.model
    if spec.fresh:
        return fresh_model(spec.fresh, parts.tokenizer, spec.context, parts.training.recipe.seed)
    return spec.id


def _adapters(training: Training) -> Any:
    """The LoRA configuration, or None to train all weights.

    Raises:
        UserError: peft is not installed.
    """
    lora = training.recipe.lora
    if lora is None:
        return None
    try:
        from peft import LoraConfig
    except ImportError:
        raise UserError('training adapters needs peft: pip install "tarot-bench[train]"') from None
    targets = lora.target_modules if isinstance(lora.target_modules, str) else list(lora.target_modules)
    return LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=targets, task_type="CAUSAL_LM"
    )


def _finish(parts: _Parts, trainer: Any, output: Path) -> TrainingResult:
    """Save the model with its card, and publish it if the recipe asks for it."""
    folder = output / "model"
    trainer.save_model(str(folder))
    curve = curve_of(trainer.state.log_history)
    pushed = None
    if trainer.is_world_process_zero():
        parts.tokenizer.save_pretrained(str(folder))
        write_card(folder, model_card(parts.training, parts.curriculum, curve, len(parts.rows.rows)))
        points = [(entry["step"], tier_rates(entry)) for entry in curve if tier_rates(entry)]
        summary = {
            "steps": trainer.state.global_step,
            "curriculum": parts.curriculum.name,
            "held_out": [{"step": step, **rates} for step, rates in points],
        }
        RunDirectory.open(output).write_json("summary.json", summary)
        pushed = push(parts.training, folder) if parts.training.recipe.hub.push else None
    return TrainingResult(folder, trainer.state.global_step, curve, pushed)


def _environment(parts: _Parts) -> dict[str, Any]:
    from importlib.metadata import version

    packages = {name: version(name) for name in ("trl", "transformers", "torch", "accelerate")}
    return {**packages, "run_name": parts.training.run_name, "problems": len(parts.rows.rows)}
