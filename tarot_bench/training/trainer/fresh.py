"""Make a small Llama with random weights, and train a tokenizer for it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tarot_bench.atomic import replacing_folder
from tarot_bench.problem import sha256
from tarot_bench.training.model_spec import FreshModel

PAD, END = "<|pad|>", "<|end|>"
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}"
    "{% if message.role == 'assistant' %}" + END + "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def fresh_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """Train a byte-level BPE tokenizer with a chat template; the same texts give the same tokenizer.

    Args:
        texts: texts that the model reads and writes; other text is encoded byte by byte.
        vocabulary: maximum size, including special tokens.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, END, *ROLES],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=PAD, eos_token=END, padding_side="left")
    fast.chat_template = CHAT_TEMPLATE
    return fast


def fresh_model(sizes: FreshModel, tokenizer: Any, context: int, seed: int) -> Any:
    """Make a randomly initialised Llama for a tokenizer.

    It is a Llama because loading a folder of model type ``qwen2`` builds another tokenizer than the saved one, with
    ids beyond the model's vocabulary.
    """
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    set_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=sizes.hidden_size,
            intermediate_size=sizes.intermediate_size,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            num_key_value_heads=sizes.heads,
            max_position_embeddings=context,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    # The default sampling of a server that loads this folder: as in training.
    model.generation_config.do_sample = True
    return model


def save_start(sizes: FreshModel, context: int, seed: int, trained: Path, folder: Path) -> Path:
    """Save the weights that the training of a randomly initialised model started from.

    Args:
        sizes: of the model.
        context: its context length in tokens.
        seed: of the training.
        trained: the folder of the trained model, whose tokenizer is the same.
        folder: contains a folder for each such start, named after its digest; one that is there is kept.

    Returns:
        The folder of the start.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(trained)
    made_of = f"{sizes.model_dump_json()} {context} {seed} {tokenizer.backend_tokenizer.to_str()}"
    path = folder / f"start-s{seed}-{sha256(made_of)[:8]}"
    if not path.exists():
        with replacing_folder(path) as partial:
            fresh_model(sizes, tokenizer, context, seed).save_pretrained(partial)
            tokenizer.save_pretrained(partial)
    return path
