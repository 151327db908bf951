"""The ``tarot-bench`` command: imports a verb when it runs, prints user errors on one line, bugs with a traceback."""

import errno
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from tarot_bench.cli import interrupts
from tarot_bench.cli.audit import audit
from tarot_bench.cli.choose import choose
from tarot_bench.cli.compare import compare
from tarot_bench.cli.curves import curves
from tarot_bench.cli.diff import diff
from tarot_bench.cli.doctor import doctor
from tarot_bench.cli.evaluate import evaluate
from tarot_bench.cli.explain import explain
from tarot_bench.cli.export import export
from tarot_bench.cli.fix import fix
from tarot_bench.cli.generate import generate
from tarot_bench.cli.importing import import_results
from tarot_bench.cli.inspect import inspect
from tarot_bench.cli.leaderboard import leaderboard
from tarot_bench.cli.lm_eval import PASSED_ON, lm_eval, lm_eval_path
from tarot_bench.cli.power import power
from tarot_bench.cli.probe import probe
from tarot_bench.cli.publish import publish
from tarot_bench.cli.recipes import recipes
from tarot_bench.cli.regrade import regrade
from tarot_bench.cli.report import report
from tarot_bench.cli.reward_replay import reward_replay
from tarot_bench.cli.selftest import selftest
from tarot_bench.cli.submit import submit
from tarot_bench.cli.subset import subset
from tarot_bench.cli.sweep import sweep
from tarot_bench.cli.terminal import say_line
from tarot_bench.cli.train import train
from tarot_bench.cli.validate import validate
from tarot_bench.cli.verify import verify
from tarot_bench.cli.view import view
from tarot_bench.errors import TarotError, UserError, one_line

VERBS: dict[str, dict[str, Callable[..., None] | typer.Typer]] = {
    "Evaluate": {
        "evaluate": evaluate,
        "regrade": regrade,
        "explain": explain,
        "report": report,
        "view": view,
        "compare": compare,
        "power": power,
        "subset": subset,
        "export": export,
        "import": import_results,
        "submit": submit,
        "verify": verify,
        "leaderboard": leaderboard,
        "lm-eval": lm_eval,
        "lm-eval-path": lm_eval_path,
    },
    "Build data": {
        "generate": generate,
        "inspect": inspect,
        "fix": fix,
        "validate": validate,
        "audit": audit,
        "publish": publish,
        "diff": diff,
    },
    "Train": {
        "probe": probe,
        "choose": choose,
        "reward-replay": reward_replay,
        "train": train,
        "sweep": sweep,
        "curves": curves,
    },
    "Tools": {"doctor": doctor, "selftest": selftest, "recipes": recipes},
}
"""The verbs by the group under which ``--help`` lists them."""


_BUG = 70
"""The exit status of a traceback, as in sysexits.h; never that of a check that failed."""


class _Verbs(TyperGroup):
    """The verbs; typer would turn `KeyboardInterrupt` into its own silent exit, and list all verbs as one group."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise interrupts.Interrupted from None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each group with the whole first sentence of every verb's help."""
        for title, verbs in VERBS.items():
            with formatter.section(title):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(limit=200)) for name in verbs])


app = typer.Typer(
    name="tarot-bench",
    cls=_Verbs,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for name, verb in (pair for verbs in VERBS.values() for pair in verbs.items()):
    if isinstance(verb, typer.Typer):
        app.add_typer(verb, name=name)
    else:
        app.command(name, context_settings=PASSED_ON if verb is lm_eval else None)(verb)


def _version(asked: bool) -> None:
    if asked:
        from tarot_bench import __version__

        typer.echo(f"tarot-bench {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Measure code models on four-tier tests, make datasets of such tests, and train models on them."""


def main() -> None:
    """Run the command line.

    Exit status: 0 done, 1 a threshold was missed or a check failed, 2 a user's mistake,
    3 an infrastructure error (samples may be pending), 70 a bug of this package, 130 interrupted, 143 terminated.
    """
    warnings.filterwarnings("ignore", category=SyntaxWarning)  # of parsed programs, not of this package
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="<unknown>")
    interrupts.install()
    try:
        app()
    except BaseException as error:
        if interrupts.happened():  # independent of the result
            interrupts.leave()
        if isinstance(error, UserError):
            _fail(one_line(error, 2000), 2)
        if isinstance(error, TarotError):
            _fail(f"{one_line(error, 2000)}; this is an infrastructure error, not a verdict; try again", 3)
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            _fail(one_line(error, 200), 2)
        if not isinstance(error, Exception):
            raise
        if run := interrupts.run_directory():
            error.add_note(f"the run is {run}")
        traceback.print_exception(error)
        sys.exit(_BUG)


def _fail(message: str, status: int) -> NoReturn:
    run = interrupts.run_directory()
    named = f"; the run is {run}" if run and str(run) not in message else ""
    say_line(f"tarot-bench: {message}{named}", err=True)
    sys.exit(status)
