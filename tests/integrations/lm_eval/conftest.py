"""lm-eval is an extra: without it these tests have nothing to run."""

import pytest

collect_ignore_glob = []
try:
    import lm_eval  # noqa: F401
except ModuleNotFoundError:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(autouse=True)
def lean(monkeypatch):
    """A look-up on the Hub is an error instead of a wait; and lm-eval does not describe the machine after every run."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("lm_eval.evaluator.add_env_info", lambda storage: None)
