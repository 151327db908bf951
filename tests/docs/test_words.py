"""Every verb, option and file that the documentation names exists."""

import re
from pathlib import Path

import pytest
import typer
from markdown_it import MarkdownIt

from tarot_bench.cli.main import app
from tests.conftest import ROOT
from tests.docs.blocks import all_blocks, pages

CLI = typer.main.get_command(app)
# Of lm-eval, inspect_ai, Ray, git, make and pip; everything else is ours.
FOREIGN = {"--action", "--address", "--apply_chat_template", "--confirm_run_unsafe_code", "--epochs",
           "--epochs-reducer",
           "--gen_kwargs", "--head", "--include_path", "--limit", "--log_samples", "--metadata", "--model",
           "--model_args", "--no-deps", "--output_path", "--tasks"}  # fmt: skip
PASSED_ON = ("lm-eval",)
GROUPS = ("tarot_bench.curricula", "tarot_bench.sandboxes")  # entry-point groups that are no package
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
VERB = re.compile(r"tarot-bench ([a-z][a-z-]*)((?: [a-z]+)?)([^|;&)\n]*)")


def options_of(command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def every_option() -> set[str]:
    known = options_of(CLI)
    for command in CLI.commands.values():
        known |= options_of(command)
        for sub in getattr(command, "commands", {}).values():
            known |= options_of(sub)
    return known | {"--help"}


def code_of(page: Path) -> str:
    """The code of a page, inline and in blocks, one piece a line."""
    pieces: list[str] = []
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence" and token.info.strip() in ("bash", "console"):
            pieces.append(token.content.replace("\\\n", " "))
        pieces += [child.content for child in token.children or () if child.type == "code_inline"]
    return "\n".join(pieces)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_verb_and_every_option_of_a_page_exists(page):
    text = code_of(page)
    for verb, sub, rest in VERB.findall(text):
        assert verb in CLI.commands, f"tarot-bench {verb}"
        command = CLI.commands[verb]
        if hasattr(command, "commands") and sub.strip():
            assert sub.strip() in command.commands, f"tarot-bench {verb}{sub}"
            command = command.commands[sub.strip()]
        if verb not in PASSED_ON:
            unknown = set(OPTION.findall(rest.partition(" #")[0])) - options_of(command) - {"--help"}
            assert not unknown, f"tarot-bench {verb} has no {unknown}"
    unknown = set(OPTION.findall(_commands_of_others_removed(text))) - every_option() - FOREIGN
    assert not unknown


def _commands_of_others_removed(text: str) -> str:
    return re.sub(
        r"^(accelerate|apt-get|git|hf|make|pip|sudo|vf-validate|vllm|"
        r"(\.venv/bin/)?python -m tests|\s*python -m eval|\s+--).*$",
        "",
        text,
        flags=re.MULTILINE,
    )


def test_options_that_do_not_exist_would_be_found():
    assert "--no-such-option" not in every_option()
    assert OPTION.findall("`--fail-under strict=1` a--b --k") == ["--fail-under", "--k"]
    assert VERB.findall("tarot-bench recipes list --x")[0][:2] == ("recipes", " list")


def test_every_console_block_shows_a_command():
    for block in all_blocks():
        assert block.language not in ("bash", "console") or block.commands, block.name


def test_every_shipped_file_that_a_page_names_exists():
    folders = "data_cards|eval|generation|training_baselines"
    for page in pages():
        for name in re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_every_module_that_a_page_names_can_be_imported():
    from importlib import import_module

    for page in pages():
        for dotted in re.findall(r"`(tarot_bench(?:\.\w+)+)`", page.read_text(encoding="utf-8")):
            if dotted in GROUPS:
                continue
            module, _, attribute = dotted.rpartition(".")
            try:
                import_module(dotted)
            except ModuleNotFoundError:
                assert hasattr(import_module(module), attribute), f"{page.name}: {dotted}"


def test_readmes_link_to_files_that_exist():
    """`mkdocs build --strict` checks the pages of the site; nothing else checks the others."""
    for page in pages():
        if ROOT / "docs" not in page.parents:
            for target in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
                assert target.startswith("https://") or (page.parent / target).exists(), f"{page}: {target}"
