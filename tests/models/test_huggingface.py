import sys

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import ModelOptions, open_model
from tests.models.helpers import ask, request
from tests.models.tiny_llama import build


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Builds each variant of the tiny model once."""
    pytest.importorskip("torch", reason="needs the hf extra")
    pytest.importorskip("transformers", reason="needs the hf extra")
    built = {}

    def folder(**settings):
        key = str(settings)
        if key not in built:
            built[key] = build(tmp_path_factory.mktemp("llama"), **settings)
        return built[key]

    return folder


def run(folder, *requests, options=None, **sampling):
    model = open_model(f"hf/{folder}", options or ModelOptions())
    return ask(model, *requests, **{"max_tokens": 12, **sampling})


def texts(folder, *requests, **settings):
    return [answer.text for answer in run(folder, *requests, **settings)]


MANY = [
    request("short", 0),
    request("a much longer prompt, with many words in it\n" * 2, 0),
    request("short", 1),
    request("short", 1, system="be brief"),
]


@pytest.mark.parametrize("temperature", [0, 1])
@pytest.mark.slow
def test_an_answer_does_not_depend_on_its_batch(tiny, temperature):
    together = run(tiny(), *MANY, temperature=temperature)
    alone = [run(tiny(), one, temperature=temperature)[0] for one in MANY]
    assert together == alone


def test_a_sample_depends_on_seed_problem_and_index(tiny):
    same = texts(tiny(), request(index=1), request(index=1), temperature=1, seed=5)
    assert same[0] == same[1] == texts(tiny(), request(index=1), temperature=1, seed=5)[0]
    others = texts(tiny(), request(index=2), request(index=1, problem_id="other"), temperature=1, seed=5)
    assert len({*same, *others, *texts(tiny(), request(index=1), temperature=1, seed=50)}) == 4


def test_temperature_zero_ignores_the_seed(tiny):
    assert texts(tiny(), temperature=0, seed=1) == texts(tiny(), temperature=0, seed=2)


def test_open_settings_come_from_the_models_generation_config(tiny):
    greedy = texts(tiny(), temperature=0)
    assert texts(tiny(), seed=7) == greedy
    sampled = tiny(do_sample=True, temperature=0.9)
    assert texts(sampled, seed=7) != texts(sampled, seed=8)
    assert texts(tiny(do_sample=True, top_k=1), seed=7) == greedy
    assert texts(sampled, seed=7, temperature=0) == greedy


def test_a_tiny_top_p_leaves_only_the_likeliest_token(tiny):
    assert texts(tiny(), temperature=1, top_p=1e-6, seed=3) == texts(tiny(), temperature=0)


def test_noise_and_arg_max_draw_from_the_softmax(tiny):
    tiny()
    import torch

    from tarot_bench.models.huggingface import _RowNoise

    logits = torch.tensor([0.0, 1.0, 2.0, float("-inf")])
    draws = 6000
    noisy = _RowNoise(torch, range(draws), "cpu")(None, logits.repeat(draws, 1))
    shares = torch.bincount(noisy.argmax(dim=1), minlength=4) / draws
    assert torch.allclose(shares, logits.softmax(dim=0), atol=0.02)
    assert shares[3] == 0


def test_an_answer_cut_at_the_limit_says_so(tiny):
    (answer,) = run(tiny(), max_tokens=5)
    assert (answer.finish_reason, answer.usage.output_tokens) == ("length", 5)


def test_special_tokens_stay_in_the_text_but_for_the_one_that_ends_it(tiny):
    from tarot_bench.models.base import Sampling

    model = open_model(f"hf/{tiny(eos_token_id=[299])}", ModelOptions())
    kept, word, end = 1, 150, 299
    answer = model._answer(2, [kept, word, end, 0], Sampling())
    assert answer.text == "<eos>" + model._tokenizer.decode([word])
    assert (answer.finish_reason, answer.usage.output_tokens) == ("stop", 3)


def test_an_answer_that_ends_itself_stops_there_whatever_its_neighbours_do(tiny):
    # With half of the vocabulary as end tokens, rows of one batch end at different places.
    folder = tiny(eos_token_id=list(range(150, 300)))
    answers = run(folder, *(request(index=index) for index in range(12)), temperature=1, max_tokens=4)
    lengths = {answer.usage.output_tokens for answer in answers}
    assert {1, 2} <= lengths <= {1, 2, 3, 4}
    assert all(answer.finish_reason == "stop" for answer in answers if answer.usage.output_tokens < 4)
    assert answers == [run(folder, request(index=i), temperature=1, max_tokens=4)[0] for i in range(12)]


def test_a_stop_text_ends_an_answer_and_is_not_part_of_it(tiny):
    (whole,) = run(tiny(), temperature=0)
    stop = whole.text[4:6]
    place = whole.text.find(stop)
    (answer,) = run(tiny(), temperature=0, stop=(stop, "never said"))
    assert (answer.text, answer.finish_reason) == (whole.text[:place], "stop")
    assert answer.usage.output_tokens < whole.usage.output_tokens


def test_the_chat_template_is_used_only_where_there_is_one_and_it_is_wanted(tiny):
    def input_tokens(folder, **options):
        (answer,) = run(folder, request("add", system="be brief"), max_tokens=1, options=ModelOptions(**options))
        return answer.usage.input_tokens

    plain = input_tokens(tiny(chat=False))
    assert input_tokens(tiny(), endpoint="completions") == plain
    assert input_tokens(tiny()) > plain


def test_a_chat_template_and_its_arguments_can_be_given(tiny):
    def input_tokens(**extra):
        options = ModelOptions(extra=extra)
        (answer,) = run(tiny(chat=False), request("add"), max_tokens=1, options=options)
        return answer.usage.input_tokens

    plain, template = input_tokens(), "{{ messages[0].content }}{{ '??' if thinking }}"
    assert input_tokens(chat_template=template) == plain
    assert input_tokens(chat_template=template, chat_template_kwargs={"thinking": True}) > plain


def test_a_prompt_that_does_not_fit_is_one_line(tiny):
    with pytest.raises(ModelError, match=r"300 new ones exceed the model's 256: lower sampling.max_tokens"):
        run(tiny(), max_tokens=300)


def test_constructor_settings_reach_transformers(tiny):
    model = open_model(f"hf/{tiny()}", ModelOptions(extra={"dtype": "bfloat16"}, batch_size=3))
    assert str(model._model.dtype) == "torch.bfloat16"
    assert (model.batch_size, model.concurrency) == (3, 1)
    assert ask(model, max_tokens=3)[0].usage.output_tokens == 3


def test_a_model_that_is_not_there_is_one_line(tiny, tmp_path):
    tiny()
    with pytest.raises(ModelError, match="loading hf/") as caught:
        open_model(f"hf/{tmp_path}/none")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_a_missing_extra_is_one_line_with_the_pip_command(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModelError, match=r'hf/x needs torch and transformers: pip install "tarot-bench\[hf\]"'):
        open_model("hf/x")
