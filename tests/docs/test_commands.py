"""Every command that the documentation shows is run as a reader would run it, and prints what the page shows."""

import re
import sys

import pytest

from tests.conftest import ROOT
from tests.docs.blocks import RUN, SHOWN, Block, Command, all_blocks, runnable
from tests.docs.world import NEEDS, RUNS, World, bash


def _parameters():
    for block in runnable():
        if block.not_run is None:
            yield pytest.param(block, id=block.name, marks=[] if block.is_fast else [pytest.mark.slow])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("block", list(_parameters()))
def test_a_documented_block_works_and_prints_what_the_page_shows(block, world, tmp_path):
    cwd = tmp_path / "here"
    cwd.mkdir()
    with world.prepared(block, cwd) as env:
        if block.language == "python":
            (cwd / "script.py").write_text(block.text)
            said = bash("python script.py", cwd, env)
            assert said.returncode == 0, said.stdout
        elif block.language == "bash":
            said = bash("set -e\n" + block.text, cwd, env)
            assert said.returncode == 0, said.stdout
        else:
            for command in block.commands:
                said = bash(command.text, cwd, env)
                assert said.returncode == 0, f"{command.text}\n{said.stdout}"
                assert missing(command, said.stdout) is None, f"{command.text} printed:\n{said.stdout}"


def missing(command: Command, output: str) -> str | None:
    """The first shown line that the output lacks, in order; white space does not count, and ``…`` is any text."""
    printed = iter(" ".join(line.split()) for line in output.splitlines())
    for line in command.shown:
        wanted = " ".join(line.split())
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.split("…")))
        if wanted.strip("…") and not any(pattern.fullmatch(found) for found in printed):
            return line
    return None


def test_a_shown_line_that_is_not_printed_is_found():
    assert missing(Command("x", ("a  b", "…", "d…f")), "a b\nc\nd e f\n") is None
    assert missing(Command("x", ("a", "c")), "c\na\n") == "c"
    assert missing(Command("x", ("a b",)), "a b c\n") == "a b"


def test_every_block_has_a_language_and_only_blocks_that_could_run_say_how():
    for block in all_blocks():
        assert block.language in RUN + SHOWN, f"{block.name}: language {block.language!r}"
        assert set(block.needs) <= NEEDS.keys() | RUNS.keys(), block.name
        assert block.language in RUN or not (block.needs or block.not_run), block.name


def test_a_comment_is_about_the_block_that_follows_it_and_no_other(tmp_path):
    from tests.docs.blocks import blocks_of

    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: needs a GPU -->\n```bash\na\n```\n\n```bash\nb\n```\n\n"
        "<!-- with: x, y -->\n<!-- file: z -->\n\n```console\n$ c \\\n  d\nshown\n$ e\n```\n"
    )
    first, second, third = blocks_of(page)
    assert (first.not_run, second.not_run) == ("needs a GPU", None)
    assert (third.needs, third.file_name) == (("x", "y"), "z")
    assert third.commands == [Command("c d", ("shown",)), Command("e")]


def test_python_runs_these_commands_with_this_interpreter(world, tmp_path):
    cwd = tmp_path / "here"
    cwd.mkdir()
    with world.prepared(Block(ROOT / "README.md", 0, "bash", ""), cwd) as env:
        said = bash("command -v python && command -v tarot-bench", cwd, env)
    assert {line.rsplit("/", 1)[0] for line in said.stdout.split()} == {sys.executable.rsplit("/", 1)[0]}
