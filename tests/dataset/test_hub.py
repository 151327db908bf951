"""Folders and the Hub, through the real `datasets` library; the Hub is a loopback server."""

import json
import os
import socket
import subprocess
import sys
from datetime import date

import datasets
import pytest

from tarot_bench.dataset import load_problems, load_rows, published, write_jsonl
from tarot_bench.dataset.errata import DataVersion, Errata, Erratum, write_errata
from tarot_bench.dataset.hub import _rows_of
from tarot_bench.errors import DataError
from tarot_bench.problem import digest_of
from tests.servers.hub import HubServer, Repo

CARD = """---
configs:
- config_name: default
  data_files:
  - {split: train, path: data/train-0.parquet}
- config_name: two
  data_files:
  - {split: train, path: data/train-0.parquet}
  - {split: test, path: data/test-0.parquet}
---
# A dataset
"""


@pytest.fixture
def folder(tmp_path, own_cache, problems):
    """A published dataset: a card with two configurations, Parquet with nested tests."""
    import datasets

    root = tmp_path / "dataset"
    (root / "data").mkdir(parents=True)
    (root / "README.md").write_text(CARD)
    rows = [published.to_row(problem) for problem in problems]
    datasets.Dataset.from_list(rows).to_parquet(root / "data" / "train-0.parquet")
    datasets.Dataset.from_list(rows[:1]).to_parquet(root / "data" / "test-0.parquet")
    return root


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def hub(folder):
    """The same dataset as ``org/tiers`` on a loopback Hub: an old commit tagged v1, then one with a longer card."""
    with HubServer() as server:
        repo = server.repos["org/tiers"] = Repo()
        files = files_of(folder)
        server.old = repo.commit(files, "v1")
        server.new = repo.commit({**files, "data/train-0.parquet": files["data/test-0.parquet"]})
        yield server


def load(endpoint, home, source, offline=False, **options):
    """Load in a process of its own, because the Hub's address is read at import; give its answer and its stderr."""
    program = (
        "import json, sys\n"
        "from tarot_bench.dataset import load_problems\n"
        "from tarot_bench.errors import DataError\n"
        "try:\n"
        "    loaded = load_problems(sys.argv[1], **json.loads(sys.argv[2]))\n"
        "    print(json.dumps({'revision': loaded.revision, 'ids': [problem.id for problem in loaded]}))\n"
        "except DataError as error:\n"
        "    print(json.dumps({'error': str(error)}))\n"
    )
    environment = {
        **os.environ,
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1" if offline else "0",
    }
    command = [sys.executable, "-c", program, source, json.dumps(options)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_a_folder_with_a_card_reads_as_its_configurations_say(folder, problems):
    assert load_problems(folder).problems == problems
    assert load_problems(folder, config_name="two", split="test").problems == problems[:1]


def test_a_folder_of_our_own_json_lines_gives_the_same_problems(tmp_path, own_cache, problems):
    (tmp_path / "lines").mkdir()
    write_jsonl(problems, tmp_path / "lines" / "train.jsonl")
    assert load_problems(tmp_path / "lines").problems == problems


def test_the_revision_of_a_folder_follows_the_content_of_the_split_it_read(folder):
    train, test = (load_rows(folder, config_name="two", split=split).revision for split in ("train", "test"))
    assert train != test
    (folder / "data" / "train-0.parquet").write_bytes((folder / "data" / "test-0.parquet").read_bytes())
    assert load_rows(folder, config_name="two", split="test").revision == test
    assert load_rows(folder, config_name="two", split="train").revision != train


def line_of(name, text="x", reason="r", **columns):
    """A published TAROT row that echoes a text, on a line of JSON."""
    case = {"input": text, "output": text, "type": "stdin_stdout", "label": "basic", "reason": reason}
    info = {"language": "python", "test_cases": [case]}
    return json.dumps({"problem_id": name, "problem": "Echo.", "verification_info": info, **columns}) + "\n"


GUESSED = {
    "null, then text": [line_of("a", reason=None), line_of("b")],
    "text, then null": [line_of("a"), line_of("b", reason=None)],
    "a date": [line_of("a", "2020-01-01")],
    "a date and a time": [line_of("a", "2020-01-01T10:00:00"), line_of("b", "2020-01-01 10:00:00Z")],
    "a date in one file": [line_of("a", "2020-01-01"), line_of("b", "hello")],
    "a number, then text": [
        line_of("a", metadata={"difficulty": 3}),
        line_of("b", metadata={"difficulty": "hard"}),
    ],
    "other keys": [line_of("a", metadata={"problem_url": "u"}), line_of("b", metadata={"difficulty": "hard"})],
    "a column of one file": [line_of("a", custom_id="c"), line_of("b")],
    "an object as JSON text": [line_of("a"), json.dumps(json.loads(line_of("b")) | {"metadata": "{}"}) + "\n"],
    "a list of nothing, then of objects": [line_of("a", metadata={"x": []}), line_of("b", metadata={"x": [{}]})],
}


@pytest.mark.parametrize("name", GUESSED)
def test_files_that_disagree_on_types_read_as_they_do_apart(name, tmp_path, own_cache):
    lines = GUESSED[name]
    (tmp_path / "folder").mkdir()
    for number, line in enumerate(lines):
        (tmp_path / "folder" / f"{number}.jsonl").write_text(line)
    (tmp_path / "one.jsonl").write_text("".join(lines))
    assert load_problems(tmp_path / "folder").problems == load_problems(tmp_path / "one.jsonl").problems


def test_a_fault_in_a_folder_is_named_by_its_own_file_and_line(tmp_path, own_cache):
    (tmp_path / "a.jsonl").write_text(line_of("a"))
    (tmp_path / "b.jsonl").write_text(line_of("b") + '{"problem_id": "c"}\n')
    with pytest.raises(DataError, match=r"b\.jsonl:2: "):
        load_problems(tmp_path)


@pytest.mark.parametrize("name", ["null, then text", "a date in one file"])
@pytest.mark.slow
def test_json_of_the_hub_is_read_as_it_is(name, tmp_path):
    with HubServer() as server:
        files = {f"data/train-{n}.jsonl": line.encode() for n, line in enumerate(GUESSED[name])}
        commit = server.repos.setdefault("org/lines", Repo()).commit(files)
        answer, stderr = load(server.endpoint, tmp_path / "home", "org/lines")
        assert answer == {"revision": commit, "ids": ["a", "b"]}
        assert stderr == ""


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"split": "tset"}, "has no split 'tset'; choose one of train"),
        ({"config_name": "two"}, "has several splits; choose one of train, test"),
        ({"config_name": "three"}, "'three' not found. Available: "),
        ({"revision": "main"}, "not the requested main"),
    ],
)
def test_a_wrong_split_configuration_or_pin_is_one_line(folder, options, fault):
    with pytest.raises(DataError) as caught:
        load_problems(folder, **options)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({}, "doesn't contain any data files"),
        ({"a.jsonl": b'\n{"a": \n'}, "a.jsonl:2: broken JSON at column 7"),
        ({"a.jsonl": b'{"a": 1}\n', "b.jsonl": b'{"b": 1}\n'}, "a.jsonl:1: the row has no `id` and no `statement`"),
        ({"a.parquet": b"PAR1"}, "Parquet file size is 4 bytes"),
    ],
)
def test_a_folder_that_cannot_be_read_is_one_line_and_nothing_on_stderr(tmp_path, files, fault):
    root = tmp_path / "broken"
    root.mkdir()
    for name, content in files.items():
        (root / name).write_bytes(content)
    answer, stderr = load("http://127.0.0.1:9", tmp_path / "home", str(root))
    assert str(root) in answer["error"]
    assert fault in answer["error"]
    assert "\n" not in answer["error"]
    assert stderr == ""


def test_a_hub_id_loads_the_newest_commit_and_names_it(hub, tmp_path):
    answer, stderr = load(hub.endpoint, tmp_path / "home", "org/tiers")
    assert answer == {"revision": hub.new, "ids": ["echo"]}
    assert stderr == ""
    assert hub.unknown == []


@pytest.mark.parametrize("name", ["tag", "commit"])
def test_a_tag_and_a_commit_load_what_they_stand_for(hub, tmp_path, name):
    revision = "v1" if name == "tag" else hub.old
    answer, _ = load(hub.endpoint, tmp_path / "home", "org/tiers", revision=revision)
    assert answer == {"revision": hub.old, "ids": ["echo", "add"]}


@pytest.mark.slow
def test_offline_mode_uses_the_copy_that_was_loaded_and_refuses_another_revision(hub, tmp_path):
    load(hub.endpoint, tmp_path / "home", "org/tiers", revision="v1")
    nowhere = "http://127.0.0.1:9"
    answer, _ = load(nowhere, tmp_path / "home", "org/tiers", offline=True)
    assert answer == {"revision": hub.old, "ids": ["echo", "add"]}
    answer, _ = load(nowhere, tmp_path / "home", "org/tiers", offline=True, revision=hub.new)
    assert f"the cached copy is revision {hub.old}, not {hub.new}" in answer["error"]


@pytest.mark.parametrize(
    ("source", "options", "fault"),
    [
        ("org/absent", {}, "no dataset org/absent on the Hub that this machine may read"),
        ("org/tiers", {"revision": "v9"}, "has no revision v9"),
        ("org/tiers", {"config_name": "nine"}, "'nine' not found. Available: "),
        ("org/tiers", {"config_name": "two"}, "org/tiers has several splits; choose one of train, test"),
    ],
)
def test_what_the_hub_does_not_have_is_one_line(hub, tmp_path, source, options, fault):
    answer, stderr = load(hub.endpoint, tmp_path / "home", source, **options)
    assert fault in answer["error"]
    assert "\n" not in answer["error"]
    assert stderr == ""


def test_a_gated_dataset_asks_for_access(hub, tmp_path):
    hub.repos["org/tiers"].gated = True
    answer, _ = load(hub.endpoint, tmp_path / "home", "org/tiers")
    assert "gated" in answer["error"]


def test_a_hub_that_answers_500_is_one_line(hub, tmp_path):
    hub.repos["org/tiers"].status = 500
    answer, _ = load(hub.endpoint, tmp_path / "home", "org/tiers")
    assert answer["error"] == "the Hub refused to describe dataset org/tiers: status 500"


def test_an_unreachable_hub_is_one_line_without_retries(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        answer, stderr = load(f"http://127.0.0.1:{closed.getsockname()[1]}", tmp_path / "home", "org/tiers")
    assert "the Hub cannot be reached" in answer["error"]
    assert "Retrying" not in stderr


def test_other_files_under_a_name_that_was_loaded_before_are_read_anew(tmp_path, own_cache, problems):
    import datasets

    for place, problem in [("a", problems[0]), ("a", problems[1]), ("b", problems[0])]:
        root = tmp_path / place / "dataset"
        (root / "data").mkdir(parents=True, exist_ok=True)
        (root / "README.md").write_text(CARD.split("- config_name: two")[0] + "---\n")
        datasets.Dataset.from_list([published.to_row(problem)]).to_parquet(root / "data" / "train-0.parquet")
        assert load_problems(root).problems == (problem,)


@pytest.mark.slow
def test_errata_in_a_repository_are_applied_unless_told_not_to_also_offline(hub, folder, problems, tmp_path):
    about = DataVersion(source="org/tiers", revision="any", digest=digest_of(problems))
    erratum = Erratum(problem=problems[0].id, action="retract", reason="wrong", date=date(2026, 11, 29))
    write_errata(Errata(data=about, errata=(erratum,)), folder / "errata.yaml")
    hub.repos["org/tiers"].commit(files_of(folder))
    kept = [problem.id for problem in problems[1:]]
    made, _ = load(hub.endpoint, tmp_path / "home", "org/tiers")
    assert made["ids"] == kept
    made, _ = load(hub.endpoint, tmp_path / "home", "org/tiers", errata=False)
    assert made["ids"] == [problem.id for problem in problems]
    made, _ = load("http://127.0.0.1:9", tmp_path / "home", "org/tiers", offline=True)
    assert made["ids"] == kept


def test_a_column_of_images_is_read_without_decoding_it():
    images = [{"bytes": b"no image", "path": "a.png"}] * 40
    plain = datasets.Dataset.from_dict({"id": list(map(str, range(40))), "image": images})
    dataset = plain.cast_column("image", datasets.Image())
    assert list(_rows_of(dataset, "org/name")) == dataset.to_list()
