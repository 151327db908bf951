"""What many tests need: one real sandbox, and the way to the real data where they are present."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tarot_bench.sandbox import open_sandbox

# A busy machine is no failure: nothing here asserts how long anything takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """No test reads what an earlier run cached, and none leaves anything behind."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def sandbox():
    """The default sandbox of this machine, shared by a test process."""
    with open_sandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real benchmark files; tests that read it skip where it is absent."""
    folder = Path(os.environ.get("TAROT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; name their folder in TAROT_SHARED_DATA")
    return folder


@pytest.fixture(scope="module")
def browser():
    """A real browser without a window; tests that need it skip where there is none.

    Of one module: while Playwright is open, its event loop runs in this thread, and no other can.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("TAROT_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name one in TAROT_CHROMIUM")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()
