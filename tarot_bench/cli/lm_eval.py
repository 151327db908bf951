"""``tarot-bench lm-eval`` and ``tarot-bench lm-eval-path``."""

import re
import sys

import typer

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Settings of a command whose arguments are somebody else's."""
_SUBCOMMANDS = ("run", "ls", "validate")
_OURS = re.compile(r"tarot(_[\w*?]+)?")
"""Names of our tasks, patterns included; a file's name has a dot."""


def lm_eval(context: typer.Context) -> None:
    """Run lm-eval with our tasks in its list; all arguments are lm-eval's.

    As in `tarot-bench lm-eval run --model hf --model_args pretrained=NAME --tasks tarot`.
    """
    from tarot_bench.errors import UserError

    try:
        from lm_eval.__main__ import cli_evaluate
    except ModuleNotFoundError as error:
        raise UserError(f'lm-eval is not installed (no {error.name}): pip install "tarot-bench[lm-eval]"') from None
    sys.argv = ["lm-eval", *with_our_tasks(context.args)]
    cli_evaluate()


def lm_eval_path() -> None:
    """Print the folder of our lm-eval tasks, for lm-eval's own --include_path."""
    from tarot_bench.integrations.lm_eval import tasks_dir

    typer.echo(tasks_dir())


def with_our_tasks(arguments: list[str]) -> list[str]:
    """Add the path of our tasks to an lm-eval command line.

    Where every task is one of ours, the consent to run programs is added, too: ours run in the sandbox.

    Raises:
        UserError: the command line has an ``--include_path`` of its own; lm-eval takes a single one.
    """
    from tarot_bench.errors import UserError
    from tarot_bench.integrations.lm_eval import tasks_dir

    if not arguments or arguments in (["--help"], ["-h"]):
        return arguments
    if any(argument.split("=")[0] == "--include_path" for argument in arguments):
        raise UserError(
            "lm-eval takes one --include_path, and `tarot-bench lm-eval` fills it; for tasks of yours beside ours use "
            "TaskManager(include_path=[YOURS, tarot_bench.integrations.lm_eval.tasks_dir()]) in Python"
        )
    command, rest = ("run", arguments) if arguments[0] not in _SUBCOMMANDS else (arguments[0], arguments[1:])
    added = ["--include_path", str(tasks_dir())]
    tasks = _tasks_of(rest)
    if command == "run" and tasks and all(_OURS.fullmatch(name) for name in tasks):
        added.append("--confirm_run_unsafe_code")
    return [command, *rest, *added]


def _tasks_of(arguments: list[str]) -> list[str]:
    """The tasks that ``--tasks`` names, separated by commas, blanks or both."""
    import argparse

    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--tasks", "-t", nargs="+", default=[])
    known, _ = parser.parse_known_args(arguments)
    return [name for part in known.tasks for name in part.split(",") if name]
