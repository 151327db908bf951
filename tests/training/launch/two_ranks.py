"""A recipe, a model that can write some programs, and answers of the server, for two training processes on a CPU."""

import json
from pathlib import Path

from tarot_bench.training.miniature.corpus import answer_of
from tests.training.launch.machine import free_port
from tests.training.taught import COUNT, teach

RECIPE = """
name: two-ranks
model: {model}
curriculum: static
data: {{source: "synthetic-small:{count}", held_out: 2, prompt: {prompt}}}
evaluation: {{every: 2, samples: 2}}
vllm: {{mode: server, port: {port}, timeout_s: 120}}
max_prompt_tokens: 80
max_completion_tokens: 64
processes: 2
seed: 0
trainer:
  max_steps: 4
  learning_rate: 1.0e-3
  num_generations: 4
  per_device_train_batch_size: 8
  per_device_eval_batch_size: 4
  gradient_accumulation_steps: 1
  save_steps: 1
  vllm_importance_sampling_correction: false
  vllm_group_port: {group}
"""


def prepare_files(folder: Path) -> Path:
    """Write everything; returns the recipe. The server answers with programs that are right for one of the problems."""
    import torch
    from transformers import AutoTokenizer

    from tarot_bench.dataset.synthetic.small import small_tasks

    torch.set_num_threads(1)
    spec = teach(folder / "taught")
    model = {"name": "taught", "id": spec.id, "parameters_b": spec.parameters_b, "context": spec.context}
    (folder / "taught.yaml").write_text(json.dumps(model))
    (folder / "statement.jinja").write_text("{{ problem.statement }}")
    tokenizer = AutoTokenizer.from_pretrained(spec.id)
    texts = [answer_of(task.gold) for task in small_tasks()[2:COUNT]]
    answers = [[*tokenizer.encode(text, add_special_tokens=False), tokenizer.eos_token_id] for text in texts]
    (folder / "answers.json").write_text(json.dumps(answers))
    recipe = folder / "two-ranks.yaml"
    recipe.write_text(
        RECIPE.format(
            model=folder / "taught.yaml",
            prompt=folder / "statement.jinja",
            count=COUNT,
            port=free_port(),
            group=free_port(),
        )
    )
    return recipe
