"""A random Llama of 0.1M parameters with a tokenizer of its own: real transformers, no download."""

from pathlib import Path

# Llama, because some other model types ignore the saved tokenizer class and build their own.
CHAT_TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}<|assistant|>"
CORPUS = ["def add(a, b):\n    return a + b\n", "for i in range(10):\n    print(i)\n", "Write a program that adds."]


def build(folder: Path, chat: bool = True, learns: tuple[str, str] | None = None, **generation) -> Path:
    """Save a model and its tokenizer; `generation` goes to generation_config.json.

    With `learns`, a prompt (as the chat template renders it) and an answer, the model knows that answer by heart.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    fast = _tokenizer([*CORPUS, *(learns or ())])
    if chat:
        fast.chat_template = CHAT_TEMPLATE
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=1024 if learns else 256,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )
    torch.manual_seed(0)
    model = LlamaForCausalLM(config)
    if learns:
        _teach(model, fast("".join(learns) + "<eos>", return_tensors="pt")["input_ids"])
    model.generation_config.update(**generation)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def build_parrot(folder: Path, text: str, chat_template: str = CHAT_TEMPLATE) -> Path:
    """Save a model whose greedy answer to everything is this text, which is one token of its vocabulary."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    fast = _tokenizer(CORPUS)
    fast.add_special_tokens({"additional_special_tokens": [text]})
    fast.chat_template = chat_template
    said, end = fast.convert_tokens_to_ids(text), fast.eos_token_id
    width = -(-len(fast) // 4) * 4
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=width,
        intermediate_size=4,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=4096,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=0,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():  # what follows depends on the last token alone
        for weights in model.parameters():
            weights.zero_()
        model.model.norm.weight.fill_(1)
        model.model.embed_tokens.weight.copy_(torch.eye(width)[: len(fast)])
        model.lm_head.weight[said] = 1
        model.lm_head.weight[end, said] = 2
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def _tokenizer(corpus):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["<pad>", "<eos>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(corpus, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>")


def _teach(model, ids, most_steps: int = 400) -> None:
    """Fit one sequence of ids, shape (1, length), until greedy decoding repeats it."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(most_steps):
        result = model(input_ids=ids, labels=ids)
        if (result.logits[0, :-1].argmax(-1) == ids[0, 1:]).all():
            return
        optimizer.zero_grad()
        result.loss.backward()
        optimizer.step()
    raise AssertionError("the tiny model did not learn its answer")
