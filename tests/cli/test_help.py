"""``--help``: verbs in four groups, and options that say what they do."""

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from tarot_bench.cli.main import VERBS, app

COMMANDS = get_command(app).commands


def test_help_lists_every_verb_once_in_its_group_with_a_whole_sentence():
    output = CliRunner().invoke(app, ["--help"]).output
    for word in ("Measure", "make datasets", "train"):
        assert word in output.split("Options:")[0]
    assert list(VERBS) == ["Evaluate", "Build data", "Train", "Tools"]
    places = [output.index(f"\n{title}:\n") for title in VERBS]
    assert places == sorted(places)
    assert sorted(COMMANDS) == sorted(name for verbs in VERBS.values() for name in verbs)
    for verbs, start, end in zip(VERBS.values(), places, [*places[1:], None], strict=True):
        listed = output[start:end]
        assert [name for name in verbs if f"\n  {name} " not in listed] == []
    assert "..." not in output[places[0] :]


def options():
    for verb, command in COMMANDS.items():
        for inner in getattr(command, "commands", {"": command}).values():
            for parameter in inner.params:
                if parameter.opts[0].startswith("-") and parameter.name != "help":
                    yield pytest.param(parameter, id=f"{verb} {inner.name} {parameter.opts[0]}")


@pytest.mark.parametrize("option", list(options()))
def test_an_options_help_is_a_sentence_that_says_what_it_does(option):
    words = option.help.split()
    assert words[0].istitle(), option.help
    assert words[0] not in {"A", "An", "The", "Of", "Where", "How", "Which", "What", "Any", "Only", "Our", "Ours"}
    assert option.help.endswith(".")
    assert "\n" not in option.help
