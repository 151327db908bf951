"""``eval.yaml`` of a dataset repository: the tasks for which the Hub shows results of models.

The Hub lists results only for frameworks that it knows; `FRAMEWORK` has to be added to its list by a pull request.
"""

from collections.abc import Sequence
from typing import Any

import yaml

from tarot_bench.problem import TIERS
from tarot_bench.publishing.layout import Config

FRAMEWORK = "tarot-bench"


def eval_yaml(name: str, description: str, configs: Sequence[Config]) -> str:
    """The text of ``eval.yaml``: the task ``strict`` on whole problems, and one for each tier.

    Args:
        name: of the dataset.
        description: one paragraph.
        configs: of the dataset.
    """
    tiers = [config.name for config in configs if config.name in TIERS]
    tasks = [{"id": "strict", "config": "default", "split": "train"}] if tiers else []
    tasks += [{"id": tier, "config": tier, "split": "train"} for tier in tiers]
    content: dict[str, Any] = {
        "name": name,
        "description": " ".join(description.split()),
        "evaluation_framework": FRAMEWORK,
        "tasks": tasks,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
