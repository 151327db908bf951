"""vLLM needs a GPU. A stand-in with its documented surface takes its place; what it was asked is printed as JSON."""

import json
import subprocess
import sys

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import open_model

STAND_IN = """
from dataclasses import dataclass, field

@dataclass
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    skip_special_tokens: bool = True
    max_tokens: int | None = 16
    stop: list = field(default_factory=list)
    seed: int | None = None

@dataclass
class CompletionOutput:
    index: int
    text: str
    token_ids: list
    finish_reason: str | None

@dataclass
class RequestOutput:
    prompt: str
    prompt_token_ids: list
    outputs: list

class Tokenizer:
    chat_template = None

class LLM:
    def __init__(self, model, *, max_model_len=100):
        if model == "missing":
            raise OSError("no such model:\\nmissing")
        self.max_model_len = max_model_len
        self.tokenizer = Tokenizer()
        self.tokenizer.chat_template = "its own" if model == "org/chat" else None

    def get_tokenizer(self):
        return self.tokenizer

    def get_default_sampling_params(self):
        return SamplingParams(temperature=0.7, top_k=20)

    def generate(self, prompts, sampling_params=None, *, use_tqdm=True):
        return [self._answer(str(p), s) for p, s in zip(prompts, sampling_params, strict=True)]

    def chat(self, messages, sampling_params=None, use_tqdm=True, chat_template=None, chat_template_kwargs=None):
        shown = f"{chat_template or self.tokenizer.chat_template} {chat_template_kwargs or ''}"
        return [self._answer(f"{m!r} {shown}", s) for m, s in zip(messages, sampling_params, strict=True)]

    def _answer(self, said, params):
        if len(said) > self.max_model_len:
            raise ValueError("The prompt is longer than the maximum model length")
        reason = "length" if params.max_tokens < 5 else "stop"
        output = CompletionOutput(0, f"{said} {params}", [1, 2, 3], reason)
        return RequestOutput(said, [1, 2], [output])
"""

ASK = """
import json, sys
from tarot_bench.errors import ModelError
from tarot_bench.models import ModelOptions, open_model
from tests.models.helpers import ask, request
name, options, sampling, prompt = json.loads(sys.argv[1])
try:
    model = open_model(name, ModelOptions(**options))
    facts = [model.batch_size, model.concurrency]
    answers = ask(model, request(prompt, 0, "sys"), request(prompt, 1), **sampling)
except ModelError as error:
    print(json.dumps({"error": str(error)}))
else:
    rows = [[a.text, a.finish_reason, a.usage.input_tokens, a.usage.output_tokens] for a in answers]
    print(json.dumps({"facts": facts, "answers": rows}))
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "vllm.py").write_text(STAND_IN)

    def do(options, sampling=None, name="vllm/org/model", prompt="hi"):
        arguments = json.dumps([name, options, sampling or {}, prompt])
        environment = {"PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"}
        command = [sys.executable, "-c", ASK, arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return do


def test_chat_models_get_messages_and_the_settings_they_leave_open(run):
    done = run({"extra": {"chat_template": "x", "max_model_len": 1000}}, {"seed": 5, "max_tokens": 9, "stop": ["X"]})
    first, second = done["answers"]
    assert first[0].startswith("[{'role': 'system', 'content': 'sys'}, {'role': 'user', 'content': 'hi'}] ")
    assert "temperature=0.7, top_p=1.0, top_k=20," in first[0]
    assert first[0].endswith("max_tokens=9, stop=['X'], seed=5)")
    assert second[0].endswith("seed=6)")
    assert "skip_special_tokens=False" in first[0]
    assert first[1:] == ["stop", 2, 3]


def test_the_chat_template_and_its_arguments_go_to_the_chat(run):
    done = run({"extra": {"chat_template_kwargs": {"thinking": False}, "max_model_len": 900}}, name="vllm/org/chat")
    assert "'}] its own {'thinking': False} SamplingParams(" in done["answers"][1][0]


def test_given_settings_go_before_the_models_own(run):
    done = run({}, {"temperature": 0, "top_p": 0.5, "max_tokens": 2})
    text, reason, *_ = done["answers"][0]
    assert "temperature=0.0, top_p=0.5, top_k=20," in text
    assert reason == "length"


def test_base_models_and_the_completions_endpoint_get_plain_text(run):
    assert run({})["answers"][0][0].startswith("sys\n\nhi SamplingParams(")
    plain = run({"extra": {"chat_template": "x"}, "endpoint": "completions"})
    assert plain["answers"][0][0].startswith("sys\n\nhi SamplingParams(")


def test_calls_are_large_unless_the_user_says_otherwise(run):
    assert run({})["facts"] == [256, 1]
    assert run({"batch_size": 8})["facts"] == [8, 1]


def test_what_the_engine_refuses_is_one_line(run):
    refused = run({}, prompt="long " * 50)["error"]
    assert refused == "vllm/org/model: The prompt is longer than the maximum model length"
    assert run({}, name="vllm/missing")["error"] == "loading vllm/missing: no such model: missing"


def test_a_missing_extra_is_one_line_with_the_pip_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(ModelError, match=r'vllm/x needs vLLM and a GPU: pip install "tarot-bench\[vllm\]"'):
        open_model("vllm/x")
