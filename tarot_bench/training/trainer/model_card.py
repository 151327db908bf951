"""The model card of a trained model, computed from the run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tarot_bench import __version__
from tarot_bench.errors import RunError, boundary
from tarot_bench.problem import TIERS
from tarot_bench.texts import code_span, markdown, printable
from tarot_bench.training.curriculum import Curriculum, Switch
from tarot_bench.training.recipe import Training
from tarot_bench.training.trainer.curve import tier_rates


def model_card(
    training: Training,
    curriculum: Curriculum,
    curve: Sequence[dict[str, Any]],
    rows: int,
    switches: Sequence[Switch] = (),
) -> str:
    """The text of a model's README.md, with the metadata that the Hub reads.

    Args:
        training: what was trained.
        curriculum: under which curriculum.
        curve: the log, oldest first.
        rows: problems that were trained on.
        switches: the stages that began in the training, which an adaptive curriculum does not fix.
    """
    recipe = training.recipe
    steps = max((entry.get("step", 0) for entry in curve), default=0)
    stages = "; ".join(f"to {stage.until:g}: {', '.join(stage.tiers)}" for stage in curriculum.stages)
    seen = "; ".join(switch.line(curriculum) for switch in switches) or "none began after the first"
    settings = printable(json.dumps(training.identity, indent=2, ensure_ascii=False))
    return f"""---
{yaml.safe_dump(_metadata(training), sort_keys=False).strip()}
---
# {markdown(training.hub_id.rpartition("/")[2])}

{markdown(training.model.id or training.model.name)}, trained with GRPO on four-tier tests (TAROT, arXiv 2602.15449).

| | |
|---|---|
| curriculum | {code_span(curriculum.name)} (share of training and its tiers{
        ", at the latest" * curriculum.is_adaptive
    }: {stages}) |{
        f'''
| stages of this training | {seen} |'''
        * curriculum.is_adaptive
    }
| reward | {code_span(recipe.reward.mode)} |
| data | {code_span(recipe.data.source)}, {rows} problems to train on, {recipe.data.held_out} held out |
| steps | {steps} |
| seed | {recipe.seed} |
| tarot-bench | {__version__} |

{_tier_table(curve)}

Programs were graded in a sandbox by the grader that `tarot-bench evaluate` uses. Code that this model writes should be
run where it can do no harm.

<details><summary>All settings</summary>

```json
{settings}
```
</details>
"""


def write_card(folder: Path, text: str) -> None:
    """Write the card to the model's folder.

    Raises:
        RunError: it cannot be written.
    """
    with boundary(RunError, f"writing the model card to {folder}"):
        (folder / "README.md").write_text(text, encoding="utf-8")


def push(training: Training, folder: Path) -> str:
    """Publish a trained model with its card.

    Returns:
        Its address on the Hub.

    Raises:
        RunError: the Hub refuses; the model stays where it is.
    """
    from huggingface_hub import HfApi

    with boundary(RunError, f"pushing {folder} to {training.hub_id}"):
        api = HfApi()
        made = api.create_repo(training.hub_id, private=training.recipe.hub.private, exist_ok=True)
        api.upload_folder(folder_path=str(folder), repo_id=made.repo_id, commit_message="Trained by tarot-bench")
    return str(made)


def _metadata(training: Training) -> dict[str, Any]:
    base = {"base_model": training.model.id} if training.model.id and not Path(training.model.id).exists() else {}
    return base | {"library_name": "transformers", "pipeline_tag": "text-generation", "tags": ["tarot", "grpo", "trl"]}


def _tier_table(curve: Sequence[dict[str, Any]]) -> str:
    """Held-out pass rates before and after."""
    points = [(entry.get("step", 0), tier_rates(entry)) for entry in curve if tier_rates(entry)]
    if not points:
        return "No problems were held out: nothing is known of how well it generalises."
    header = " | ".join(("Held-out pass rate", *TIERS))
    chosen = points[:1] if len(points) == 1 else [points[0], points[-1]]
    lines = [
        f"| step {step} | " + " | ".join(f"{rates[tier]:.3f}" if tier in rates else "" for tier in TIERS) + " |"
        for step, rates in chosen
    ]
    return "\n".join([f"| {header} |", "|---" * (len(TIERS) + 1) + "|", *lines])
