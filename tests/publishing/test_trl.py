"""A published folder trains: TRL's own GRPO reads the default configuration with its nested tests."""

import pytest

from tarot_bench.dataset import load_entries
from tarot_bench.publishing import write_folder
from tests.models import tiny_llama


@pytest.mark.slow
def test_a_published_set_trains_two_steps_of_trls_grpo(tmp_path, recipe, making):
    pytest.importorskip("trl")
    import torch
    from datasets import load_dataset
    from trl import GRPOConfig, GRPOTrainer

    entries = load_entries("synthetic:4")
    made = write_folder(entries, tmp_path / "set", recipe, "org/set", making, "1.0.0")
    rows = load_dataset(str(made.path), split="train", cache_dir=str(tmp_path / "cache"))
    rows = rows.map(lambda row: {"prompt": [{"role": "user", "content": row["statement"][:40]}]})
    seen = []

    def reward(completions, tests, **columns):
        seen.extend(zip(tests, columns["problem_id"], strict=True))
        return [float(len(given)) for given in completions]

    torch.set_num_threads(1)
    trainer = GRPOTrainer(
        model=str(tiny_llama.build(tmp_path / "model")),
        reward_funcs=reward,
        train_dataset=rows,
        args=GRPOConfig(
            output_dir=str(tmp_path / "out"),
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            max_steps=2,
            per_device_train_batch_size=2,
            num_generations=2,
            max_completion_length=4,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
        ),
    )
    trainer.train()
    assert trainer.state.global_step == 2
    expected = {
        entry.problem.id: [(test.tier and str(test.tier), test.input, test.output) for test in entry.problem.all_tests]
        for entry in entries
    }
    assert seen
    for tests, name in seen:
        assert [(test["tier"], test["input"], test["output"]) for test in tests] == expected[name]
