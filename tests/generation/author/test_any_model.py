"""Every model that `evaluate` knows writes tiers: plug-ins, hf/, vllm/ and recordings, asked for JSON in the prompt."""

import json
import os
import subprocess
import sys
from contextlib import closing

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.generation.author.asked import asked_of
from tarot_bench.generation.author.asking import Asking
from tarot_bench.generation.author.budget import Budget
from tarot_bench.generation.author.drafting import Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.generation.author.llm import LlmAuthor
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.problem import TIERS
from tests.conftest import ROOT
from tests.generation.author.helpers import VALIDATOR, author, draft, suite, wanted
from tests.models.test_vllm_engine import STAND_IN

PLUG_IN = """
import asyncio, re
from tarot_bench.errors import InfrastructureError, RefusedError
from tarot_bench.models import Answer
from tests.generation.author.helpers import number_in, suite

class Scholar:
    batch_size, concurrency = 4, 2
    opened, closed, loops, asked, systems, down = 0, 0, set(), [], set(), False

    def __init__(self, name, options):
        self.name = name
        Scholar.opened += 1

    async def generate(self, requests, sampling):
        Scholar.loops.add(id(asyncio.get_running_loop()))
        Scholar.asked.append([number_in(request.prompt) for request in requests])
        Scholar.systems.add(requests[0].system)
        if Scholar.down:
            raise InfrastructureError("the cluster restarts")
        if 7 in Scholar.asked[-1]:
            raise RefusedError("too long", "context_length", "a prompt of 9 tokens")
        return [Answer(said(request)) for request in requests]

    async def close(self):
        Scholar.closed += 1

def said(request):
    assert '"additionalProperties": false' in request.prompt, "a model without strict mode is shown the schema"
    thought = "<think>\\nWhat {of} n = 0?\\n</think>\\n\\n"
    return f"{thought}Here you are \\ud800:\\n```json\\n{suite(request.prompt)}\\n```\\nDone."
"""


@pytest.fixture
def scholar(tmp_path, monkeypatch):
    """The class of an installed plug-in; what it was asked is in its attributes."""
    home = tmp_path / "site"
    info = home / "scholar-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scholar\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tarot_bench.models]\nscholar = scholar_model:Scholar\n")
    (home / "scholar_model.py").write_text(PLUG_IN)
    monkeypatch.syspath_prepend(home)
    yield __import__("scholar_model").Scholar
    del sys.modules["scholar_model"]


def test_a_plug_in_writes_tiers_in_batches_of_its_own_size_and_is_never_asked_twice(scholar, tmp_path):
    generator = GeneratorSettings(model="scholar/old", max_tokens=1000)
    made = draft(generator, tmp_path, wanted(6))
    assert [len(drafted.tests) for drafted in made] == [4] * 6
    assert all(drafted.reason is None and drafted.materials.validators == (VALIDATOR,) for drafted in made)
    assert {provenance.generator for drafted in made for _, provenance in drafted.tests} == {"scholar/old"}
    assert sorted(scholar.asked) == [[1, 2, 3, 4], [5, 6]]
    assert scholar.systems != {None}
    assert draft(generator, tmp_path, wanted(6)) == made
    assert len(scholar.asked) == 2


def test_a_refused_prompt_does_not_spoil_the_others_of_its_batch(scholar, tmp_path):
    made = draft(GeneratorSettings(model="scholar/old"), tmp_path, wanted(8))
    assert [drafted.reason for drafted in made] == [None] * 6 + ["rejected", None]
    assert made[6].detail == "a prompt of 9 tokens"
    assert sorted(scholar.asked) == [[1, 2, 3, 4], [5], [5, 6, 7, 8], [6], [7], [8]]


def test_one_model_in_one_event_loop_serves_all_portions_and_rounds(scholar, tmp_path):
    with closing(author(GeneratorSettings(model="scholar/old", concurrency=1), tmp_path)) as opened:
        assert opened.estimate(wanted(40)).requests == 40
        assert scholar.opened == 0
        list(opened.draft(wanted(40)))
        list(opened.draft([Wanted(want.entry, want.tiers, round=1) for want in wanted(3)]))
    assert (scholar.opened, scholar.closed, len(scholar.loops)) == (1, 1, 1)


def test_a_model_that_is_down_leaves_its_requests_pending(scholar, tmp_path):
    generator = GeneratorSettings(model="scholar/old")
    scholar.down = True
    with pytest.raises(ModelError, match=r"requests in a row had no answer.*the cluster restarts.*--resume"):
        draft(generator, tmp_path, wanted(30))
    scholar.down = False
    made = draft(generator, tmp_path, wanted(30))
    assert [drafted.reason for drafted in made] == [None] * 6 + ["rejected"] + [None] * 23


def test_recorded_answers_are_a_generator(tmp_path):
    prompts = [Prompts().render(want, asked_of(want, AuthorSettings())).user for want in wanted(2)]
    rows = [{"problem_id": f"times/{n}", "text": suite(prompt)} for n, prompt in enumerate(prompts, 1)]
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    made = draft(GeneratorSettings(model=f"replay:{file}"), tmp_path, wanted(2))
    assert [len(drafted.tests) for drafted in made] == [4, 4]


def test_an_engine_on_this_machine_writes_tiers(tmp_path):
    """vLLM needs a GPU: the stand-in of its tests answers with a suite."""
    answers = "CompletionOutput(0, suite(said), [1, 2, 3], 'stop')"
    scripted = f"LLM._answer = lambda self, said, params: RequestOutput(said, [1, 2], [{answers}])"
    (tmp_path / "vllm.py").write_text(f"{STAND_IN}\nfrom tests.generation.author.helpers import suite\n{scripted}\n")
    generator = GeneratorSettings(model="vllm/org/model")
    command = [sys.executable, "-m", "tests.generation.author.drafting_process"]
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run(
        [*command, generator.model_dump_json(exclude_unset=True), tmp_path, "3"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    drafts = (tmp_path / "drafts.txt").read_text().splitlines()
    assert [line.count("TestCase(") for line in drafts] == [4, 4, 4]
    assert all("generator='vllm/org/model'" in line for line in drafts)


@pytest.mark.slow
def test_a_transformers_model_writes_tiers(tmp_path):
    pytest.importorskip("torch", reason="needs the hf extra")
    pytest.importorskip("transformers", reason="needs the hf extra")
    from tests.models.tiny_llama import build

    templates = tmp_path / "prompts"
    templates.mkdir()
    for name in ("system", "author", "repair", *TIERS):
        (templates / f"{name}.jinja").write_text("Write tests for {{ problem.id }}." if name == "author" else "short")
    tests = [{"tier": tier, "reason": "r", "input": f"{n}\n", "output": f"{n}\n"} for n, tier in enumerate(TIERS)]
    learns = ("<|system|>short<|user|>Write tests for times/1.<|assistant|>", f"Sure: {json.dumps({'tests': tests})}")
    folder = build(tmp_path / "model", learns=learns)
    (want,) = wanted(1)
    want = Wanted(want.entry.model_copy(update={"validator": VALIDATOR}), TIERS)
    generator = GeneratorSettings(model=f"hf/{folder}", max_tokens=400, temperature=0)
    with (
        ReplyJournal(tmp_path / "replies.sqlite") as journal,
        closing(LlmAuthor(generator, Asking(generator, journal, Budget()), Prompts(templates), "2026-01-01")) as opened,
    ):
        (made,) = opened.draft([want])
    assert [(test.tier, test.input) for test, _ in made.tests] == [(tier, f"{n}\n") for n, tier in enumerate(TIERS)]
    assert made.reason is None
