"""The ``tarot-bench`` command: verbs are imported only when they run, mistakes are one line, bugs keep their trace."""

import sys
import warnings
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from tarot_bench.cli import interrupts
from tarot_bench.cli.choose import choose
from tarot_bench.cli.doctor import doctor
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
from tarot_bench.cli.terminal import say_line
from tarot_bench.cli.train import train
from tarot_bench.cli.validate import validate
from tarot_bench.errors import TarotError, UserError, one_line


class _Verbs(TyperGroup):
    """The verbs; typer would turn `KeyboardInterrupt` into its own silent exit."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise interrupts.Interrupted from None


app = typer.Typer(
    name="tarot-bench",
    cls=_Verbs,
    help="Four-tier code benchmark: evaluate models, grade again, explain verdicts.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
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
    3 an infrastructure error (samples may be pending), 130 interrupted, 143 terminated.
    """
    warnings.filterwarnings("ignore", category=SyntaxWarning)  # of the programs that are parsed, not of ours
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="<unknown>")
    interrupts.install()
    try:
        app()
    except BaseException as error:
        if interrupts.happened():  # whatever came of it
            interrupts.leave()
        if isinstance(error, UserError):
            _fail(one_line(error, 2000), 2)
        if isinstance(error, TarotError):
            _fail(f"{one_line(error, 2000)}; this is no verdict on any model, try again", 3)
        if isinstance(error, Exception) and (run := interrupts.run_directory()):
            error.add_note(f"the run is {run}")
        raise


def _fail(message: str, status: int) -> NoReturn:
    run = interrupts.run_directory()
    named = f"; the run is {run}" if run and str(run) not in message else ""
    say_line(f"tarot-bench: {message}{named}", err=True)
    sys.exit(status)
