"""A taught model, and trainings of it."""

import pytest

from tests.training.taught import data, teach, training


@pytest.fixture(scope="session")
def taught(tmp_path_factory):
    import torch
    import transformers

    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    return teach(tmp_path_factory.mktemp("taught"))


@pytest.fixture
def run(taught, tmp_path, sandbox):
    """Trains the taught model in a directory of its own."""
    from tarot_bench.training.trainer.train import train

    def trained(name="run", *, resume=False, sandbox=sandbox, progress=None, **changes):
        settings = {"resume": resume, "sandbox": sandbox, "data": data(), "progress": progress}
        return train(training(taught, **changes), tmp_path / name, lambda p: p.statement, **settings)

    return trained
