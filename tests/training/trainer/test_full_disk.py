"""A disk that is full at a checkpoint: the limit of file sizes stands for it, as writing fails in the same places."""

import resource

import pytest

from tarot_bench.errors import RunError
from tarot_bench.progress import Silent
from tarot_bench.training.trainer.callbacks import last_checkpoint
from tests.training.taught import data, teach, training

pytestmark = pytest.mark.slow


def test_a_full_disk_leaves_whole_checkpoints_and_the_run_goes_on_to_the_same_curve(tmp_path, sandbox):
    import torch

    from tarot_bench.training.trainer.train import train

    torch.set_num_threads(1)
    made = training(teach(tmp_path / "taught"), reward={"mode": "dense"})

    def trained(name, progress=None, *, resume=False):
        given = {"resume": resume, "sandbox": sandbox, "data": data(), "progress": progress}
        return train(made, tmp_path / name, lambda p: p.statement, **given)

    class Fill(Silent):
        steps = 0

        def step(self, count=1):
            self.steps += count
            if self.steps == 3:
                resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # a checkpoint has larger files

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(
            RunError, match=r"no space is left for a checkpoint in .*: free some, .* --resume"
        ) as caught:
            trained("full", Fill())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "full" / "model").exists()
    assert last_checkpoint(tmp_path / "full" / "checkpoints").name == "checkpoint-2"
    assert trained("full", resume=True).curve == trained("whole").curve
