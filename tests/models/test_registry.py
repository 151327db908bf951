import subprocess
import sys
import zipfile

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import ModelOptions, open_model
from tarot_bench.models.registry import _BUILT_IN


def test_an_unknown_prefix_is_one_line_that_lists_what_there_is():
    with pytest.raises(ModelError) as caught:
        open_model("gpt/5")
    message = str(caught.value)
    assert "\n" not in message
    assert "'gpt/5'" in message
    assert all(form in message for form, _, _ in _BUILT_IN.values())
    assert "plug-ins: none installed" in message


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("openai/", "openai/NAME"),
        ("openai", "openai/NAME"),
        ("openai:gpt", "openai/NAME"),
        ("hf/", "hf/NAME"),
        ("replay", "replay:FILE"),
        ("replay:", "replay:FILE"),
        ("replay/x.jsonl", "replay:FILE"),
        ("gold:1", "gold"),
        ("gold/", "gold"),
        ("mutant", "mutant:P"),
    ],
)
def test_a_malformed_name_shows_the_right_form(name, form):
    with pytest.raises(ModelError, match=f"malformed model name '{name}': write {form}$"):
        open_model(name)


@pytest.mark.parametrize("name", ["", "/", ":x", "  "])
def test_a_name_without_prefix_is_unknown(name):
    with pytest.raises(ModelError, match="unknown model"):
        open_model(name)


@pytest.mark.parametrize(
    ("name", "variable"), [("openai/gpt", "OPENAI_API_KEY"), ("anthropic/claude", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_is_named_at_construction(name, variable, monkeypatch):
    for present in (variable, "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(present, raising=False)
    with pytest.raises(ModelError, match=variable):
        open_model(name)
    assert open_model(name, ModelOptions(base_url="http://127.0.0.1:1/v1")).name == name
    monkeypatch.setenv(variable, "k")
    assert open_model(name).name == name


def test_importing_the_room_imports_no_back_end():
    heavy = {"openai", "anthropic", "torch", "transformers", "vllm", "numpy"}
    code = f"import sys, tarot_bench.models; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


PLUGIN = """
from tarot_bench.models import Answer

class Parrot:
    batch_size = 4
    concurrency = 1

    def __init__(self, name, options):
        self.name = name
        self.times = options.extra.get("times", 1)

    async def generate(self, requests, sampling):
        return [Answer(" ".join([request.prompt] * self.times)) for request in requests]

    async def close(self):
        pass
"""


def build_wheel(folder, entry_points, package="tarot_parrot"):
    """A wheel is a zip with a dist-info folder; this writes the smallest one that pip takes."""
    wheel = folder / f"{package}-1.0-py3-none-any.whl"
    info = f"{package}-1.0.dist-info"
    files = {
        f"{package}.py": PLUGIN,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[tarot_bench.models]\n" + entry_points,
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


def pip_install(wheel, target):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(code, path):
    environment = {"PYTHONPATH": str(path), "PATH": "/usr/bin:/bin"}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


ASK = """
import asyncio
from tarot_bench.models import ModelOptions, Request, Sampling, open_model
from tarot_bench.problem import Problem, TestCase
model = open_model("parrot/green", ModelOptions(extra={"times": 2}))
problem = Problem(id="p", statement="s", tests=(TestCase(tier="basic", input="", output=""),))
print(model.name, asyncio.run(model.generate([Request(problem, 0, "hello")], Sampling()))[0].text)
"""


def test_a_model_comes_from_an_installed_wheel(tmp_path):
    pip_install(build_wheel(tmp_path, "parrot = tarot_parrot:Parrot\n"), tmp_path / "site")
    done = run(ASK, tmp_path / "site")
    assert done.stdout == "parrot/green hello hello\n", done.stderr
    done = run("from tarot_bench.models import open_model; open_model('cuckoo/x')", tmp_path / "site")
    assert "plug-ins: parrot" in done.stderr


def test_a_plug_in_cannot_take_a_built_in_prefix(tmp_path):
    pip_install(build_wheel(tmp_path, "gold = tarot_parrot:Parrot\n"), tmp_path / "site")
    done = run("from tarot_bench.models import open_model; print(type(open_model('gold')).__name__)", tmp_path / "site")
    assert done.stdout == "GoldModel\n", done.stderr
