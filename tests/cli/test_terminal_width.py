"""What the verbs print on a terminal of 60 columns, the shortest help, and shell completion."""

import os
import subprocess
import sys

import pytest

from tarot_bench.cli.main import app
from tests.cli.command import tarot

WIDTH = 60


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("narrow")
    arguments = ("evaluate", "-m", "mutant:0.5", "--limit", "2", "-n", "8", "--k", "8", "-o", "run")
    said = tarot(*arguments, cwd=folder, COLUMNS=str(WIDTH))
    assert said.returncode == 0, said.stderr
    return folder, said.stdout


def tables_in(text: str) -> list[str]:
    """The lines of tables: those beneath a rule, up to a blank line, and the heads above."""
    lines = text.splitlines()
    rules = [number for number, line in enumerate(lines) if line.strip() and set(line.strip()) == {"─"}]
    assert rules, text
    return [line for rule in rules for line in lines[rule - 1 : rule + 3]]


VERBS = {
    "probe": ["probe", "--run", "run"],
    "reward-replay": ["reward-replay", "run", "--curriculum", "hard_first"],
    "validate": ["validate", "synthetic:2", "--times", "1"],
    "generate": ["generate", "--recipe", "smoke", "-o", "factory"],
    "regrade": ["regrade", "run"],
}


def test_evaluates_tables_are_whole_on_a_narrow_terminal(run):
    lines = tables_in(run[1])
    assert max(map(len, lines)) <= WIDTH
    assert not [line for line in lines if "…" in line]


@pytest.mark.parametrize("verb", VERBS)
def test_the_other_verbs_tables_are_whole_on_a_narrow_terminal(verb, run):
    said = tarot(*VERBS[verb], cwd=run[0], COLUMNS=str(WIDTH))
    assert said.returncode == 0, said.stderr
    lines = tables_in(said.stdout)
    assert max(map(len, lines)) <= WIDTH
    assert not [line for line in lines if "…" in line]


def commands() -> list[tuple[str, ...]]:
    from typer.main import get_command

    found: list[tuple[str, ...]] = [()]
    for name, command in get_command(app).commands.items():
        found.append((name,))
        found += [(name, inner) for inner in getattr(command, "commands", {})]
    return found


@pytest.mark.parametrize("command", [c for c in commands() if c != ("lm-eval",)], ids=" ".join)
def test_the_short_form_of_help_works_on_every_command(command, tmp_path):
    from typer.testing import CliRunner

    short, long = (CliRunner().invoke(app, [*command, flag]) for flag in ("-h", "--help"))
    assert short.exit_code == 0, short.output
    assert short.output == long.output
    assert "-h, --help" in short.output


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tarot-bench lm", {"lm-eval", "lm-eval-path"}),
        ("tarot-bench evaluate --bench", {"--benchmark"}),
        ("tarot-bench recipes s", {"show"}),
    ],
)
def test_a_shell_completes_commands_and_options(words, expected, tmp_path):
    program = "import sys; sys.argv[0] = 'tarot-bench'; from tarot_bench.cli.main import main; main()"
    asked = {"_TAROT_BENCH_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | asked, check=False
    )
    assert set(said.stdout.split()) == expected, said.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(shell, tmp_path):
    said = tarot("--show-completion", shell, cwd=tmp_path, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert said.returncode == 0, said.stderr
    assert "COMPLETE" in said.stdout
