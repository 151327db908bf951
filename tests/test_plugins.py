import sys

import pytest

from tarot_bench.errors import ModelError, UserError
from tarot_bench.models import open_model
from tarot_bench.plugins import installed, load_plugin
from tarot_bench.sandbox.base import SandboxOptions
from tarot_bench.sandbox.registry import open_kind

GROUP = "tarot_bench.test_group"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Makes a distribution with one entry point visible to this process."""

    def do(package, line, code="", group=GROUP):
        home = tmp_path / package
        info = home / f"{package}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{line}\n")
        (home / f"{package}_code.py").write_text(code)
        monkeypatch.syspath_prepend(home)
        monkeypatch.delitem(sys.modules, f"{package}_code", raising=False)  # of the test before

    return do


def test_an_unknown_group_is_empty():
    assert installed("tarot_bench.nobody_writes_these") == {}


def test_plug_ins_are_listed_by_name_without_importing_them(install):
    install("pkg_b", "zeta = pkg_b_code:thing", "raise SystemExit('imported')")
    install("pkg_a", "alpha = pkg_a_code:thing", "raise SystemExit('imported')")
    assert list(installed(GROUP)) == ["alpha", "zeta"]


def test_a_plug_in_is_what_its_entry_point_names(install):
    install("pkg_ok", "good = pkg_ok_code:thing", "thing = {'answer': 42}")
    assert load_plugin(GROUP, "good") == {"answer": 42}


def test_a_broken_plug_in_is_one_line_that_names_its_package(install):
    install("pkg_bad", "bad = pkg_bad_code:thing", "import a_module_that_is_not_there")
    with pytest.raises(ModelError) as caught:
        load_plugin(GROUP, "bad", ModelError)
    assert "pkg_bad" in str(caught.value)
    assert "a_module_that_is_not_there" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_packages_with_one_name_are_an_error_that_names_both(install):
    install("pkg_one", "same = pkg_one_code:thing", "thing = 1")
    install("pkg_two", "same = pkg_two_code:thing", "thing = 2")
    with pytest.raises(UserError, match="pkg_one, pkg_two: uninstall all but one"):
        load_plugin(GROUP, "same")


@pytest.mark.parametrize("code", ["import sys; sys.exit(0)", "raise SystemExit"])
def test_a_plug_in_that_exits_does_not_end_the_process(install, code):
    install("pkg_exits", "exits = pkg_exits_code:thing", code)
    with pytest.raises(ModelError, match=r"'exits' .* of package pkg_exits: it exits"):
        load_plugin(GROUP, "exits", ModelError)


@pytest.mark.parametrize(
    ("group", "open_it"),
    [
        ("tarot_bench.models", lambda: open_model("made/x")),
        ("tarot_bench.sandboxes", lambda: open_kind("made", SandboxOptions())),
    ],
)
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("thing = 3", "names an object of type int, not a factory"),
        ("def thing(*_): return None", "gives an object of type NoneType without .*close"),
        (
            "class thing:\n    def __init__(*_): pass\n    def close(self): pass",
            "gives an object of type thing without ",
        ),
    ],
)
def test_a_plug_in_that_makes_the_wrong_object_is_a_mistake_that_says_what_is_missing(
    install, group, open_it, code, said
):
    install("pkg_wrong", "made = pkg_wrong_code:thing", code, group)
    with pytest.raises(UserError, match=rf"^the plug-in 'made' \({group}\) {said}"):
        open_it()
