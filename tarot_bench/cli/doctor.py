"""``tarot-bench doctor``."""

import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tarot_bench.checks import Check

_EXTRAS = {
    "hf": ("torch", "transformers"),
    "vllm": ("vllm",),
    "lm-eval": ("lm_eval",),
    "inspect": ("inspect_ai",),
    "train": ("trl", "accelerate", "peft"),
    "report": ("altair", "vl_convert"),
    "publish": ("altair", "vl_convert"),
    "ray": ("ray",),
    "e2b": ("e2b",),
}
_KEYS = {"OPENAI_API_KEY": "openai/NAME", "ANTHROPIC_API_KEY": "anthropic/NAME", "HF_TOKEN": "private Hub data"}


def doctor() -> None:
    """Check what works on this machine, and print how to install the rest. Exit 1 if programs cannot be isolated."""
    from tarot_bench.sandbox.backends.local.isolation import probe
    from tarot_bench.training.launch.machine import package_version
    from tarot_bench.training.launch.preflight import survey

    _section("sandbox")
    for check in probe():
        _check(check)
    isolated = _try_sandbox()
    _section("optional packages")
    for extra, packages in _EXTRAS.items():
        found = {package: package_version(package) for package in packages}
        missing = [package for package, installed in found.items() if installed is None]
        listed = ", ".join(f"{package} {installed or 'missing'}" for package, installed in found.items())
        _line(not missing, extra, listed, f'pip install "tarot-bench[{extra}]"')
    _section("training (train --launch checks what a recipe needs)")
    for check in survey():
        _check(check)
    _section("keys (never shown)")
    for name, use in _KEYS.items():
        _line(bool(os.environ.get(name)), name, f"for {use}", f"set {name}")
    if not isolated:
        raise typer.Exit(1)


def _try_sandbox() -> bool:
    """Run a program in the default sandbox, which is the definitive check."""
    from tarot_bench.errors import SandboxError, SandboxUnavailableError
    from tarot_bench.problem import Limits
    from tarot_bench.sandbox import Job, open_sandbox

    try:
        with open_sandbox(workers=1) as sandbox:
            (said,) = sandbox.run(Job("print(int(input()) + 1)", "stdin", (b"41",), Limits()))
            works = said.stdout == b"42\n"
            _line(works, "a program", f"ran at level `{sandbox.info.level}`", "report this as a bug")
            importable = sandbox.info.details["packages"]
            _line(bool(importable), "packages for programs", str(importable or "none"), "pip install numpy")
    except (SandboxError, SandboxUnavailableError) as error:
        works = False
        _line(works, "a program", str(error), "install what is missing above")
    return works


def _section(title: str) -> None:
    typer.echo(f"\n{title}")


def _check(check: "Check") -> None:
    _line(check.ok, check.name, check.detail, check.remedy)


def _line(ok: bool, name: str, detail: str, remedy: str | None) -> None:
    typer.echo(f"  {'ok  ' if ok else 'none'}  {name}: {detail}")
    if not ok and remedy:
        typer.echo(f"        to have it: {remedy}")
