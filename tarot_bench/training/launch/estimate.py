"""An upper estimate of the memory of a training, per GPU, with its terms; and of the disk space of its checkpoints.

N: parameters, T: those that are trained, d: training processes, b: sequences per GPU and step, s: tokens of a sequence,
h: width, L: layers, V: vocabulary. Sources of the formulas:

- model states: Rajbhandari et al. 2020 (ZeRO, arXiv 1910.02054), section 3.1 and figure 1, with AdamW's two moments
  and a master copy of the weights in 32 bits; buckets and live parameters: DeepSpeed's documented defaults;
- activations: Korthikanti et al. 2022 (arXiv 2205.05198), sections 4.1 and 5, with a gated feed-forward layer;
- key-value cache: Kwon et al. 2023 (vLLM, arXiv 2309.06180), section 3;
- adapters: Hu et al. 2021 (LoRA, arXiv 2106.09685), section 4.1: rank x (inputs + outputs) of each matrix.

`_CONTEXT` and `_SERVER` are assumptions. No term was compared with a GPU's own figures yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tarot_bench.training.launch.commands import AccelerateKind
from tarot_bench.training.model_shape import ModelShape, local_shape
from tarot_bench.training.recipe import Training
from tarot_bench.training.trainer.trl_arguments import trainer_settings

GIB = 2**30
_CONTEXT = 1.5 * GIB
"""CUDA's context, NCCL's buffers and the allocator's fragments in one process."""
_SERVER = 3 * GIB
"""Activations and CUDA graphs of vLLM."""
_BUCKET = 500_000_000
"""DeepSpeed's reduce_bucket_size and allgather_bucket_size."""
_LIVE = 1_000_000_000
"""DeepSpeed's stage3_max_live_parameters."""
VLLM_SHARE = 0.9
"""The share of a GPU's memory that a vLLM server takes by default."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an estimate.

    Attributes:
        name: of what needs the memory.
        bytes: of it, on one GPU.
        formula: how it was computed.
        phase: when it is needed; learning and generating alternate.
    """

    name: str
    bytes: float
    formula: str
    phase: Literal["always", "learning", "generating"] = "always"

    def __str__(self) -> str:
        return f"{self.name} {self.bytes / GIB:.1f} ({self.formula})"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Memory and disk space of a training.

    Attributes:
        training: terms of one training GPU.
        server: terms of one GPU of the vLLM server, or of vLLM's share of a training GPU; empty without vLLM.
        share: of a GPU's memory that vLLM takes: of a server's GPU, or of a training GPU (colocate).
        colocated: whether vLLM is on the training GPUs.
        disk: bytes of all checkpoints and the final model while an old checkpoint is being replaced.
        unknown: what could not be estimated, because the sizes of the model are not known.
    """

    training: tuple[Term, ...]
    server: tuple[Term, ...]
    share: float
    colocated: bool
    disk: float
    unknown: str = ""

    def needed(self) -> float:
        """Bytes that every GPU must have for the training and for vLLM."""
        phases = {"always": 0.0, "learning": 0.0, "generating": 0.0}
        for term in self.training:
            phases[term.phase] += term.bytes
        training = phases["always"] + max(phases["learning"], phases["generating"])
        server = sum(term.bytes for term in self.server) / self.share if self.server else 0.0
        return max(server, training / (1 - self.share)) if self.colocated else max(server, training)


def estimate(training: Training, kind: AccelerateKind, processes: int) -> Estimate:
    """Estimate what a training needs.

    Args:
        training: what to train.
        kind: how the states are sharded.
        processes: training processes, one per GPU.
    """
    sizes = _Sizes.of(training, kind, processes)
    vllm = training.recipe.vllm
    share = {"none": 0.0, "colocate": vllm.memory_share, "server": VLLM_SHARE}[vllm.mode]
    terms = (
        *_states(sizes),
        *_frozen(sizes, training),
        *(_activations(sizes, training) if sizes.shape else ()),
        *(_generation(sizes, training) if sizes.shape and vllm.mode == "none" else ()),
        Term("context", _CONTEXT, "assumed: CUDA, NCCL, fragments"),
    )
    server = tuple(_server(sizes, training)) if vllm.mode != "none" else ()
    unknown = "" if sizes.shape else "activations and key-value cache: the model file has no `shape`"
    return Estimate(terms, server, share, vllm.mode == "colocate", _disk(sizes, training), unknown)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The letters of the formulas; `weight` is the bytes of a weight as it is loaded."""

    shape: ModelShape | None
    kind: AccelerateKind
    n: float
    t: float
    d: int
    weight: int
    b: int
    s: int

    @classmethod
    def of(cls, training: Training, kind: AccelerateKind, processes: int) -> "_Sizes":
        spec, recipe = training.model, training.recipe
        shape = spec.fresh.shape if spec.fresh else spec.shape or local_shape(spec.id)
        parameters = shape.parameters if shape else spec.parameters_b * 1e9
        sharded = kind in ("zero2", "zero3", "fsdp")
        return cls(
            shape=shape,
            kind=kind,
            n=parameters,
            t=_adapters(shape, recipe.lora.rank) if recipe.lora else parameters,
            d=processes,
            weight=2 if sharded or recipe.lora else 4,
            b=int(trainer_settings(training)["per_device_train_batch_size"]),
            s=recipe.max_prompt_tokens + recipe.max_completion_tokens,
        )

    @property
    def spread(self) -> int:
        """Processes among which weights that are not trained are divided."""
        return self.d if self.kind in ("zero3", "fsdp") else 1


def _adapters(shape: ModelShape | None, rank: int) -> float:
    """Parameters of the adapters of all linear layers; experts are no such layers in transformers 5."""
    if shape is None:
        return 0.0
    matrices = shape.matrices if shape.num_experts == 1 else shape.matrices[:4]
    return float(rank * shape.num_hidden_layers * sum(inputs + outputs for inputs, outputs in matrices))


def _states(z: _Sizes) -> Iterator[Term]:
    """Weights, gradients and optimizer states of what is trained."""
    if z.kind == "zero2":
        yield Term("weights", 2 * z.t, "2T")
        yield Term("gradients", 2 * z.t / z.d, "2T/d")
        yield Term("optimizer", 12 * z.t / z.d, "12T/d: fp32 weights and two moments")
        yield Term("buckets", 4 * min(z.n, _BUCKET), "reduce and allgather, 2 bytes")
    elif z.kind == "zero3":
        yield Term("weights", 2 * z.t / z.d, "2T/d")
        yield Term("gradients", 2 * z.t / z.d, "2T/d")
        yield Term("optimizer", 12 * z.t / z.d, "12T/d: fp32 weights and two moments")
        yield Term("live parameters", 2 * min(z.n, _LIVE), "2 min(N, 1e9)")
        yield Term("buckets", 2 * min(z.n, _BUCKET), "reduce, 2 bytes")
    elif z.kind == "fsdp":
        yield Term("weights", 4 * z.t / z.d, "4T/d, fp32")
        yield Term("gradients", 4 * z.t / z.d, "4T/d")
        yield Term("optimizer", 8 * z.t / z.d, "8T/d: two moments")
        if z.shape:
            yield Term("live parameters", 2 * (z.shape.embedding + 2 * z.shape.layer), "embedding, 2 layers, 2 bytes")
    else:
        yield Term("weights", 4 * z.t, "4T, fp32")
        yield Term("autocast copies", 2 * z.t, "2T, bf16")
        yield Term("gradients", 4 * z.t, "4T")
        yield Term("optimizer", 8 * z.t, "8T: two moments")
        if z.kind == "multi":
            yield Term("buckets", 4 * z.t, "4T: gradients on their way (DDP)")


def _frozen(z: _Sizes, training: Training) -> Iterator[Term]:
    """Weights that are not trained: below adapters, or of the reference model of a KL penalty."""
    if training.recipe.lora:
        yield Term("frozen weights", 2 * z.n / z.spread, "2N" if z.spread == 1 else "2N/d")
    elif float(trainer_settings(training).get("beta", 0)):
        divided = "" if z.spread == 1 else "/d"
        yield Term("reference model", z.weight * z.n / z.spread, f"{z.weight}N{divided}, as beta > 0")


def _activations(z: _Sizes, training: Training) -> Iterator[Term]:
    """What the forward pass keeps for the backward pass: with checkpointing, the input of each layer, and one layer."""
    assert z.shape is not None
    settings, h, layers = trainer_settings(training), z.shape.hidden_size, z.shape.num_hidden_layers
    tokens = z.b * z.s
    inside = tokens * (16 * h + 8 * z.shape.feed_forward_size)
    if settings.get("gradient_checkpointing", True):
        yield Term("activations", z.weight * tokens * h * layers + inside, f"{z.weight}bshL + bs(16h + 8f)", "learning")
    else:
        yield Term("activations", inside * layers, "bs(16h + 8f)L", "learning")
    if dict(settings.get("model_init_kwargs", {})).get("attn_implementation") == "eager":
        yield Term("attention scores", 5 * z.b * z.s**2 * z.shape.num_attention_heads, "5abs², eager", "learning")
    if not training.recipe.lora:
        yield Term("head's gradient", 4 * z.shape.vocab_size * h, "4Vh, fp32; logits are never whole in TRL 1.16")


def _cache_per_token(shape: ModelShape) -> int:
    """Bytes that one token keeps: a key and a value in each layer, 2 bytes a number."""
    return 2 * 2 * shape.num_hidden_layers * shape.key_value_size


def _generation(z: _Sizes, training: Training) -> Iterator[Term]:
    """Transformers generates all completions of a generation batch at once."""
    assert z.shape is not None
    settings = trainer_settings(training)
    steps = int(settings.get("steps_per_generation") or settings["gradient_accumulation_steps"])
    held = z.b * steps * z.s * _cache_per_token(z.shape)
    yield Term("key-value cache", held, f"{z.b * steps} sequences x s x 4L x key size", "generating")


def _server(z: _Sizes, training: Training) -> Iterator[Term]:
    tensor_parallel = training.recipe.vllm.tensor_parallel
    yield Term("weights", 2 * z.n / tensor_parallel, "2N/tensor_parallel")
    if z.shape:
        yield Term("key-value cache", z.s * _cache_per_token(z.shape) / tensor_parallel, "at least one sequence")
    yield Term("context", _SERVER, "assumed: activations, CUDA graphs")


def _disk(z: _Sizes, training: Training) -> float:
    """Checkpoints (weights and optimizer states) and the final model; one checkpoint more than are kept."""
    settings = trainer_settings(training)
    saved = z.t if training.recipe.lora else z.n
    model = saved * (2 if z.kind.startswith("zero") else 4)
    states = 0.0 if settings.get("save_only_model") else z.t * (12 if z.kind.startswith("zero") else 8)
    kept = 0 if settings.get("save_strategy") == "no" else int(settings.get("save_total_limit") or 2) + 1
    return kept * (model + states) + model
