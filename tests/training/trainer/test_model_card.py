"""The card of a trained model, and its push to a loopback Hub through the real client."""

import json
import os
import subprocess
import sys

import yaml

from tarot_bench.training.curriculum import Switch, load_curriculum
from tarot_bench.training.recipe import resolve
from tarot_bench.training.trainer.curve import curve_of, progress_line
from tarot_bench.training.trainer.model_card import model_card
from tests.servers.hub_writing import WritableHub

LOG = [
    {"step": 0, "eval_tiers/basic/pass_rate": 0.25, "eval_tiers/edge/pass_rate": 0.0, "eval_runtime": 3.2},
    {"step": 1, "loss": 0.5, "reward": 0.125, "tiers/basic/pass_rate": 0.5, "step_time": 1.0},
    {"step": 4, "eval_tiers/basic/pass_rate": 0.75, "eval_tiers/edge/pass_rate": 0.5},
    {"step": 4, "train_runtime": 9.0, "train_loss": 0.1},
]


def test_a_card_tells_what_was_trained_how_and_what_came_of_it():
    training = resolve("paper", "qwen3-4b", "hard_first")
    card = model_card(training, load_curriculum("hard_first"), curve_of(LOG), rows=90)
    _, metadata, text = card.split("---\n", 2)
    assert yaml.safe_load(metadata)["base_model"] == "Qwen/Qwen3-4B-Instruct-2507"
    assert f"# Qwen3-4B-Instruct-2507-tarot-paper-hard-first-s42-{training.digest}" in text
    assert "| step 0 | 0.250 |  |  | 0.000 |" in text
    assert "| step 4 | 0.750 |  |  | 0.500 |" in text
    assert "to 0.2: complex; to 0.4: complex, edge" in text
    assert '"num_generations": 7' in text


def test_a_card_tells_which_stages_of_an_adaptive_curriculum_began_when():
    adaptive = load_curriculum("adaptive_forward")
    switches = [Switch(1, 0.1, 0.72), Switch(2, 0.3, None)]
    card = model_card(resolve("paper"), adaptive, curve_of(LOG), 9, switches)
    assert "its tiers, at the latest: to 0.2: basic; " in card
    assert (
        "| stages of this training | stage 2 of 4 (basic, intermediate) from 0.100, at a pass rate of 0.72; "
        "stage 3 of 4 (basic, intermediate, complex) from 0.300, as scheduled |\n| reward |" in card
    )
    assert "stages of this training" not in model_card(resolve("paper"), load_curriculum("uniform"), [], 9, switches)


def test_no_setting_becomes_markdown_of_the_card():
    training = resolve("paper", overrides=("data.source='a`|b # c'",))
    card = model_card(training, load_curriculum("static"), curve_of(LOG), rows=9)
    assert "| data | `` a`\\|b # c ``, 9 problems" in card


def test_a_card_without_held_out_problems_says_so():
    card = model_card(resolve("paper"), load_curriculum("static"), [{"step": 3, "loss": 0.1}], rows=9)
    assert "nothing is known of how well it generalises" in card


def test_a_curve_has_no_clocks_and_a_line_has_what_people_want_to_see():
    assert curve_of(LOG)[0].keys() == {"step", "eval_tiers/basic/pass_rate", "eval_tiers/edge/pass_rate"}
    assert curve_of(LOG)[3] == {"step": 4}
    assert progress_line(1, 4, LOG[1]) == "step 1/4: reward 0.125, loss 0.5000, basic 0.50"
    assert progress_line(4, 4, LOG[2]) == "step 4/4: held out basic 0.75, edge 0.50"
    assert progress_line(4, 4, LOG[3]) is None


class ModelHub(WritableHub):
    """The loopback Hub, which knows data sets, for models."""


class ModelHandler(WritableHub.handler):
    def parse_request(self):
        parsed = super().parse_request()
        self.path = self.path.replace("/api/models/", "/api/datasets/")
        return parsed


ModelHub.handler = ModelHandler


def test_a_push_goes_to_the_derived_name_with_the_card_and_is_private_unless_said_otherwise(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "README.md").write_text("---\ntags: [tarot]\n---\n# a card\n")
    (folder / "config.json").write_text("{}")
    script = (
        "import sys; from pathlib import Path; from tarot_bench.training.trainer.model_card import push; "
        "from tarot_bench.training.recipe import resolve; "
        "training = resolve('paper', 'qwen2.5-3b', 'hard_first', ('hub.organization=us',)); "
        "print(push(training, Path(sys.argv[1])))"
    )
    with ModelHub() as hub:
        environment = {
            "HF_ENDPOINT": hub.endpoint,
            "HF_TOKEN": "t",
            "HF_HOME": str(tmp_path),
            "HF_HUB_DISABLE_XET": "1",
        }
        command = [sys.executable, "-c", script, str(folder)]
        said = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        repo = hub.repos[resolve("paper", "qwen2.5-3b", "hard_first", ("hub.organization=us",)).hub_id]
    files = repo.commits[repo.names["main"]]
    assert repo.private
    assert files["README.md"].startswith(b"---\ntags: [tarot]")
    assert json.loads(files["config.json"]) == {}
