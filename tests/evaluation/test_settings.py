"""Suites and settings: benchmarks by name, bare names in files, keys that are documented, and names spelled wrong."""

import gzip
import re
from pathlib import Path

import pytest

from tarot_bench.config import keys_of, load_yaml
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.evaluation import resolve
from tarot_bench.evaluation.parts import load_parts
from tarot_bench.evaluation.settings import BenchmarkSuite, Evaluation, SandboxSetting

ROOT = Path(__file__).parents[2]


def names(settings):
    return [entry.name for entry in settings.benchmarks]


def test_benchmarks_can_be_named_in_place_of_a_suites_own():
    chosen = resolve("gold", benchmarks=("humaneval", "mbpp_plus"))
    assert names(chosen) == ["humaneval", "mbpp_plus"]
    assert (chosen.name, chosen.samples, chosen.sampling.temperature) == ("humaneval+mbpp_plus", 1, 0.0)


def test_a_named_benchmark_keeps_what_the_suite_says_of_it_and_the_suites_sampling():
    chosen = resolve("gold", "paper", benchmarks=("cruxeval_input", "tarot"))
    assert [entry.prompt for entry in chosen.benchmarks] == ["cruxeval_input_cot", None]
    assert chosen.sampling == load_yaml(BenchmarkSuite, ROOT / "eval/suites/paper.yaml").sampling


def test_data_of_a_named_benchmark_can_be_given_without_its_name(tmp_path):
    (tmp_path / "a=b.jsonl").write_text("")
    (entry,) = resolve("gold", benchmarks=("mbpp",), data=(str(tmp_path / "a=b.jsonl"),)).benchmarks
    assert (entry.name, entry.data) == ("mbpp", str(tmp_path / "a=b.jsonl"))


@pytest.mark.parametrize("said", ["[tarot]", "tarot", "[{name: tarot}]", "{name: tarot}"])
def test_a_suite_may_name_its_benchmarks_by_plain_strings(said, tmp_path):
    (tmp_path / "mine.yaml").write_text(f"name: mine\nbenchmarks: {said}\n")
    assert names(resolve("gold", str(tmp_path / "mine.yaml"))) == ["tarot"]
    assert names(resolve("gold", "quick", overrides=(f"benchmarks={said}",))) == ["tarot"]


WRONG = {
    "a benchmark as a suite": ({"suite": "humaneval"}, "use --benchmark humaneval"),
    "a benchmark's name": ({"benchmarks": ("humanevl",)}, "did you mean humaneval"),
    "a benchmark twice": ({"benchmarks": ("tarot", "tarot")}, "each benchmark once"),
    "a suite's name": ({"suite": "smok"}, r"did you mean smoke\?"),
    "data of another benchmark": ({"suite": "quick", "data": ("humanevl=x",)}, r"did you mean humaneval\?"),
    "a key": ({"overrides": ("sampels=3",)}, "did you mean samples"),
    "a nested key": ({"overrides": ("sampling.temprature=1",)}, r"did you mean temperature\?"),
    "a nested key without its parent": ({"overrides": ("temperature=1",)}, r"did you mean sampling\.temperature\?"),
    "a key of a benchmark": ({"overrides": ("benchmarks=[{name: tarot, dat: x}]",)}, r"did you mean data\?"),
    "a key like no other": ({"overrides": ("sampling.zzzz=1",)}, "the keys are temperature, top_p"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_name_comes_with_the_right_one(name):
    given, said = WRONG[name]
    with pytest.raises(RecipeError, match=said) as caught:
        resolve("gold", **given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "given", [{"data": ("humaneval",)}, {"overrides": ("benchmarks=[{name: tarot, data: mbpp}]",)}]
)
def test_a_benchmark_given_as_data_is_told_apart(given, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="names a benchmark; use --benchmark"):
        load_parts(resolve("gold", **given))


@pytest.mark.parametrize("name", ["HumanEval.jsonl.gz", "mbpp.jsonl", "cruxeval.jsonl"])
def test_a_known_file_of_another_benchmark_is_told_apart(name, tmp_path):
    path = tmp_path / name
    content = b'{"task_id": "HumanEval/0", "prompt": "def f():"}\n'
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(DataError, match=rf"is a file of \w+; use --benchmark \w+ --data {re.escape(str(path))}"):
        load_parts(resolve("gold", data=(str(path),)))


@pytest.mark.parametrize(
    ("overrides", "kind", "packages"),
    [
        ((), "local", None),
        (("sandbox=cold",), "cold", None),
        (("sandbox.kind=cold",), "cold", None),
        (("sandbox.packages=[numpy, sortedcontainers]",), "local", ("numpy", "sortedcontainers")),
        (("sandbox.packages=numpy,sortedcontainers",), "local", ("numpy", "sortedcontainers")),
        (("sandbox.packages=[]", "sandbox=cold"), "cold", ()),
        (("sandbox={kind: cold, packages: [numpy]}",), "cold", ("numpy",)),
        (("sandbox=cold", "sandbox.packages=[numpy]"), "cold", ("numpy",)),
    ],
)
@pytest.mark.parametrize("given", [{}, {"sandbox": "local"}])
def test_a_sandbox_is_a_kind_or_a_kind_with_packages(overrides, kind, packages, given):
    made = resolve("gold", overrides=overrides, **given)
    assert made.sandbox == SandboxSetting(kind=kind, packages=packages)
    assert Evaluation.model_validate(made.model_dump(mode="json")) == made


def test_a_sandbox_with_the_default_packages_is_stored_as_earlier_versions_did():
    assert resolve("gold", sandbox="cold").identity["sandbox"] == "cold"
    chosen = resolve("gold", overrides=("sandbox.packages=[numpy]",))
    assert chosen.identity["sandbox"] == {"kind": "local", "packages": ["numpy"]}


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("sandbox=docker", "sandbox.kind: Input should be 'local', 'cold'"),
        ("sandbox.package=[numpy]", "sandbox.package: unknown key; did you mean packages"),
        ("sandbox.packages=3", "sandbox.packages: Input should be a valid tuple"),
    ],
)
def test_a_sandbox_that_cannot_be_is_one_line_that_names_the_key(override, said):
    with pytest.raises(RecipeError, match=re.escape(said)):
        resolve("gold", overrides=(override,))


def test_the_documented_keys_are_those_of_the_schema():
    documented: dict[str, list[str]] = {}
    rows: list[str] | None = None
    for line in (ROOT / "docs/formats/settings.md").read_text().splitlines():
        if heading := re.match(r"\| key of a (suite|run) \|", line):
            rows = documented.setdefault(heading[1], [])
        elif not line.startswith("|"):
            rows = None
        elif (row := re.match(r"\| `([a-z_.]+)` \|", line)) and rows is not None:
            rows.append(row[1])
    assert documented["suite"] == keys_of(BenchmarkSuite)
    assert documented["run"] == [key for key in keys_of(Evaluation) if key not in keys_of(BenchmarkSuite)]
