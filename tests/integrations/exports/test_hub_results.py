"""``.eval_results`` of a model repository, read by huggingface-hub, and pushed to a loopback Hub."""

import json
import shutil
import subprocess
import sys

import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

from tarot_bench import export
from tarot_bench.api.report import reported
from tarot_bench.errors import RunError, UserError
from tests.publishing.test_hub import environment
from tests.servers.hub_writing import WritableHub

DATASET = "you/tarot-4tier"


def entries(path):
    return parse_eval_result_entries(yaml.safe_load(path.read_text()))


def test_an_entry_for_all_tiers_and_for_each(finished, tmp_path):
    (path,) = export(finished, "hub", tmp_path, dataset_id=DATASET).files
    assert path == tmp_path / ".eval_results" / "tarot-4tier.yaml"
    found = entries(path)
    assert [entry.task_id for entry in found] == ["strict", "basic", "intermediate", "complex", "edge"]
    metrics = reported([finished])[0].metrics
    assert [entry.value for entry in found] == [metrics.value(entry.task_id) for entry in found]
    assert {entry.dataset_id for entry in found} == {DATASET}
    assert {entry.dataset_revision for entry in found} == {None}
    assert "3 samples each" in found[0].notes


def test_samples_without_a_score_are_named(spoiled, tmp_path):
    (path,) = export(spoiled, "hub", tmp_path, dataset_id=DATASET).files
    assert "2 samples without a score left out" in entries(path)[0].notes


def changed(run, folder, **settings):
    """The run with other settings in its manifest."""
    shutil.copytree(run, folder)
    manifest = json.loads((folder / "run.json").read_text())
    manifest["settings"] |= settings
    (folder / "run.json").write_text(json.dumps(manifest))
    return folder


def test_what_is_no_number_of_the_whole_benchmark_is_refused(finished, unfinished, tmp_path):
    with pytest.raises(RunError, match=r"3 samples of .* are missing; finish it with --resume"):
        export(unfinished, "hub", tmp_path, dataset_id=DATASET)
    part = changed(finished, tmp_path / "part", limit=5)
    with pytest.raises(RunError, match="was made with --limit; publish a run of the whole benchmark"):
        export(part, "hub", tmp_path, dataset_id=DATASET)
    assert not (tmp_path / ".eval_results").exists()


def test_a_dataset_that_is_not_on_the_hub_has_to_be_named(finished, tmp_path):
    with pytest.raises(UserError, match=r"problems\.jsonl' is no dataset of the Hub; .*--dataset-id"):
        export(finished, "hub", tmp_path)
    with pytest.raises(UserError, match="--dataset-id"):
        export(finished, "hub", tmp_path, dataset_id="plain")


def cli(hub, home, run, *options):
    command = [sys.executable, "-m", "tarot_bench", "export", str(run), "--to", "hub", "-o", str(home / "model")]
    command += ["--dataset-id", DATASET, *options]
    return subprocess.run(command, env=environment(hub, home), capture_output=True, text=True, check=False)


def test_push_adds_the_file_to_the_model_repository_and_keeps_the_others(finished, tmp_path):
    with WritableHub() as hub:
        hub.create("me/model").commit({"config.json": b"{}"})
        said = cli(hub, tmp_path, finished, "--push", "me/model")
        assert said.returncode == 0, said.stderr
        assert "pushed: " in said.stdout
        repo = hub.repos["me/model"]
        files = repo.commits[repo.names["main"]]
        assert set(files) == {"config.json", ".eval_results/tarot-4tier.yaml"}
        assert (
            files[".eval_results/tarot-4tier.yaml"] == (tmp_path / "model/.eval_results/tarot-4tier.yaml").read_bytes()
        )


def test_push_to_a_repository_that_is_not_there_is_one_line(finished, tmp_path):
    with WritableHub() as hub:
        said = cli(hub, tmp_path, finished, "--push", "me/absent")
        hub.create("me/absent")
        again = cli(hub, tmp_path, finished, "--push", "me/absent")
    line = "tarot-bench: the Hub has no model repository me/absent that HF_TOKEN may write to; create it\n"
    assert (said.returncode, said.stderr) == (2, line)
    assert again.returncode == 0, again.stderr
