"""``tarot-bench recipes``: the shipped recipes, suites, prompts and templates."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

recipes = typer.Typer(
    help="List, show or copy the shipped suites, prompts, recipes and templates.", no_args_is_help=True
)


@recipes.command("list")
def list_recipes() -> None:
    """List every shipped file."""
    from tarot_bench.recipes import shipped

    for path in shipped():
        typer.echo(path)


@recipes.command("show")
def show_recipe(path: Annotated[str, typer.Argument(help="The file, as `recipes list` prints it.")]) -> None:
    """Print a shipped file."""
    typer.echo(_shipped(path).read_text(encoding="utf-8"), nl=False)


@recipes.command("copy")
def copy_recipe(
    path: Annotated[str, typer.Argument(help="The file, as `recipes list` prints it.")],
    to: Annotated[Path, typer.Argument(help="A file or a folder to copy it to.")] = Path(),
) -> None:
    """Copy a shipped file in order to edit it."""
    from tarot_bench.errors import RecipeError

    source = _shipped(path)
    target = to / source.name if to.is_dir() else to
    if target.exists():
        raise RecipeError(f"{target} exists; choose another file to copy to")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    typer.echo(target)


def _shipped(path: str) -> Path:
    from tarot_bench.errors import RecipeError, did_you_mean
    from tarot_bench.recipes import root, shipped

    names = [str(file) for file in shipped()]
    if path not in names:
        # A bare name (`smoke`, `suites/smoke`) means the files whose paths end in it.
        ending = [name for name in names if name.rsplit(".", 1)[0].endswith(f"/{path.removesuffix('.yaml')}")]
        close = f"; did you mean {', '.join(ending)}?" if ending else did_you_mean(path, names)
        raise RecipeError(f"there is no shipped file {path!r}{close or '; see `tarot-bench recipes list`'}")
    return root() / path


@recipes.command("lint")
def lint_recipes(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Training recipes, curricula or model files; all shipped ones by default.", show_default=False
        ),
    ] = None,
) -> None:
    """Check training recipes, curricula and model files: names, lengths, groups, keys. Exit 1 if there is an error."""
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.training.lint.files import lint_files, shipped_files

    files = paths or shipped_files()
    findings = lint_files(files)
    for finding in findings:
        say_line(str(finding))
    errors = sum(finding.level == "error" for finding in findings)
    typer.echo(f"{len(files)} files: {errors} errors, {len(findings) - errors} warnings", err=True)
    raise typer.Exit(1 if errors else 0)
