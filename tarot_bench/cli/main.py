"""The ``tarot-bench`` command: verbs are imported only when they run, mistakes are one line, bugs keep their trace."""

import sys
import warnings
from typing import Annotated

import typer

from tarot_bench.cli.choose import choose
from tarot_bench.cli.doctor import doctor
from tarot_bench.cli.evalchemy import evalchemy_command
from tarot_bench.cli.evaluate import evaluate
from tarot_bench.cli.explain import explain
from tarot_bench.cli.generate import generate
from tarot_bench.cli.importing import import_results
from tarot_bench.cli.lm_eval import PASSED_ON, lm_eval, lm_eval_path
from tarot_bench.cli.probe import probe
from tarot_bench.cli.publish import publish
from tarot_bench.cli.recipes import recipes
from tarot_bench.cli.regrade import regrade
from tarot_bench.cli.reward_replay import reward_replay
from tarot_bench.cli.selftest import selftest
from tarot_bench.cli.train import train
from tarot_bench.cli.validate import validate
from tarot_bench.errors import TarotError, UserError, one_line

app = typer.Typer(
    name="tarot-bench",
    help="Four-tier code benchmark: evaluate models, grade again, explain verdicts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(evaluate)
app.command()(regrade)
app.command()(explain)
app.command()(selftest)
app.command()(doctor)
app.command()(probe)
app.command()(choose)
app.command("reward-replay")(reward_replay)
app.command()(train)
app.command()(publish)
app.command()(generate)
app.command()(validate)
app.command("import")(import_results)
app.command("evalchemy-command")(evalchemy_command)
app.command("lm-eval", context_settings=PASSED_ON)(lm_eval)
app.command("lm-eval-path")(lm_eval_path)
app.add_typer(recipes, name="recipes")


def _version(asked: bool) -> None:
    if asked:
        from tarot_bench import __version__

        typer.echo(f"tarot-bench {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Four-tier code benchmark: evaluate models, grade again, explain verdicts."""


def main() -> None:
    """Run the command line.

    Exit status: 0 done, 1 a threshold was missed or a check failed, 2 a user's mistake,
    3 trouble of ours (samples may be owed), 130 interrupted.
    """
    warnings.filterwarnings("ignore", category=SyntaxWarning)  # of the programs that are parsed, not of ours
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="<unknown>")
    try:
        app()
    except UserError as error:
        typer.echo(f"tarot-bench: {one_line(error, 2000)}", err=True)
        sys.exit(2)
    except TarotError as error:
        typer.echo(f"tarot-bench: {one_line(error, 2000)}; this is no verdict on any model, try again", err=True)
        sys.exit(3)
    except KeyboardInterrupt:
        typer.echo("tarot-bench: stopped; what was done is kept, go on with --resume", err=True)
        sys.exit(130)
