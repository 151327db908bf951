"""What a training starts from: the tokenizer, the weights, and adapters where only those are trained."""

from typing import Any

from tarot_bench.errors import ModelError, UserError, boundary
from tarot_bench.problem import Problem
from tarot_bench.training.model_spec import chat_template_of
from tarot_bench.training.recipe import Training
from tarot_bench.training.trainer.fresh import fresh_model, fresh_tokenizer


def load_tokenizer(training: Training, problems: tuple[Problem, ...]) -> Any:
    """Load the model's tokenizer with the chat template that its file names.

    Raises:
        ModelError: it cannot be loaded, or a chat model has no chat template.
    """
    spec = training.model
    if spec.fresh:
        texts = [text for problem in problems for text in (problem.statement, problem.solution or "")]
        return fresh_tokenizer(texts, spec.fresh.vocabulary)
    from transformers import AutoTokenizer

    weights = spec.weights
    with boundary(ModelError, f"loading the tokenizer of {spec.id}"):
        tokenizer = AutoTokenizer.from_pretrained(weights, revision=spec.revision, padding_side="left")
    tokenizer.chat_template = chat_template_of(spec) or tokenizer.chat_template
    if spec.kind == "chat" and not tokenizer.chat_template:
        raise ModelError(f"{spec.id} has no chat template: name one in the model file, or set kind: base")
    return tokenizer


def start_of(training: Training, tokenizer: Any) -> Any:
    """A model for TRL: an id or a folder that it loads, or a randomly initialised model."""
    spec = training.model
    if spec.fresh:
        return fresh_model(spec.fresh, tokenizer, spec.context, training.recipe.seed)
    return spec.weights


def adapters_of(training: Training) -> Any:
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
