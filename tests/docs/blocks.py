"""The code blocks of the documentation, and how each one is tested.

Blocks of the languages in `RUN` are run: those of the README with the fast tests, others with the slow ones. HTML
comments directly before a block say how:

- ``<!-- not run: REASON -->`` leaves it out;
- ``<!-- with: NAME, NAME -->`` prepares what it needs (`tests.docs.world`);
- ``<!-- file: NAME -->`` writes it to a file, which the blocks after it on the same page find.

A ``bash`` block is one script. A ``console`` block is a session: lines after ``$ `` are commands, the others are output
that the command must print, in this order; other lines may stand between them, and ``…`` is any text.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from tests.conftest import ROOT

RUN = ("bash", "console", "python")
SHOWN = ("json", "jinja", "text", "toml", "yaml")
_FOLDERS = ("data_cards", "eval", "generation", "training_baselines", "tests/bench")
_COMMENT = re.compile(r"<!--\s*(not run|with|file):\s*(.+?)\s*-->", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command of a session with the lines that are shown as its output."""

    text: str
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """One fenced block; `needs` are names of `tests.docs.world`."""

    file: Path
    line: int
    language: str
    text: str
    not_run: str | None = None
    needs: tuple[str, ...] = ()
    file_name: str | None = None

    @property
    def is_fast(self) -> bool:
        """Whether it runs with the fast tests."""
        return self.file.name == "README.md" and self.file.parent == ROOT

    @property
    def name(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> list[Command]:
        if self.language == "python":
            return [Command(self.text)]
        return list(_session(self.text) if self.language == "console" else _script(self.text))


def pages() -> list[Path]:
    """Every Markdown file that users read."""
    readmes = [ROOT / folder / "README.md" for folder in _FOLDERS]
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *readmes,
        *sorted(ROOT.glob("examples/**/README.md")),
        *sorted(ROOT.glob("docs/**/*.md")),
    ]


def blocks_of(file: Path) -> Iterator[Block]:
    """The fenced blocks of a file, in order."""
    said: dict[str, str] = {}
    for token in MarkdownIt().parse(file.read_text(encoding="utf-8")):
        if token.type == "html_block":
            said |= dict(_COMMENT.findall(token.content))
        elif token.type == "fence":
            language = (token.info.split() or [""])[0]
            needs = tuple(name.strip() for name in said.get("with", "").split(",") if name.strip())
            line = token.map[0] + 1 if token.map else 0
            yield Block(file, line, language, token.content, said.get("not run"), needs, said.get("file"))
            said = {}
        elif token.type not in ("paragraph_open", "list_item_open"):
            said = {}


def all_blocks() -> list[Block]:
    return [block for file in pages() for block in blocks_of(file)]


def runnable() -> list[Block]:
    """Blocks that are run, or that say why they are not."""
    return [block for block in all_blocks() if block.language in RUN and block.file_name is None]


def files_before(block: Block) -> dict[str, str]:
    """The files that earlier blocks of the page write."""
    earlier = (other for other in blocks_of(block.file) if other.line < block.line)
    return {other.file_name: other.text for other in earlier if other.file_name}


def _script(text: str) -> Iterator[Command]:
    for line in text.replace("\\\n", " ").splitlines():
        if shlex.split(line, comments=True):
            yield Command(line.strip())


def _session(text: str) -> Iterator[Command]:
    command, shown = "", []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield Command(" ".join(command.split()), tuple(shown))
            command, shown = line[2:], []
        elif command.endswith("\\") and not shown:
            command = f"{command[:-1]} {line.strip()}"
        else:
            shown.append(line)
    if command:
        yield Command(" ".join(command.split()), tuple(shown))
