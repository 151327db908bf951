"""Programs may import the packages that were chosen, with what those require, and no others."""

import pytest

from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.backends.local.packages import installed
from tarot_bench.sandbox.cache.cached import CachedSandbox
from tests.sandbox.conftest import Runner

SORTED = "from sortedcontainers import SortedList\nprint(*SortedList(map(int, input().split())))"
NAMELESS = "import sys\nname = 'sorted' + 'containers'\nprint(name in sys.modules)\n__import__(name)"


def install(site, name, files, requires=()):
    """Lay an installed distribution out, as pip does."""
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    info = site / f"{name.replace('-', '_')}-1.5.dist-info"
    info.mkdir()
    needed = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n{needed}")
    listed = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD", "../../bin/tool"]
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in listed))


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture(scope="module", params=["local", "cold"])
def runner(request):
    pytest.importorskip("sortedcontainers")
    try:
        sandbox = open_sandbox(request.param, workers=1, packages=["numpy", "sortedcontainers"])
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with sandbox:
        yield Runner(sandbox)


def test_a_program_has_the_packages_that_were_chosen(runner):
    assert [made.stdout for made in runner.many(SORTED, [b"3 1 2", b"5 4"])] == [b"1 2 3\n", b"4 5\n"]
    both = "import numpy, sortedcontainers\nprint(sortedcontainers.SortedSet(numpy.arange(3).tolist()))"
    assert runner.stdin(both).stdout == b"SortedSet([0, 1, 2])\n"
    assert b"No module named 'pydantic'" in runner.stdin("import sortedcontainers\nimport pydantic").stderr


def test_a_program_that_names_none_of_them_cannot_see_them(runner):
    made = runner.stdin(NAMELESS)
    assert made.stdout == b"False\n"
    assert b"No module named 'sortedcontainers'" in made.stderr


def test_a_package_that_was_not_chosen_is_not_there(local):
    assert b"No module named 'sortedcontainers'" in Runner(local).stdin(SORTED, "1").stderr


def test_with_an_empty_list_there_is_the_standard_library_alone(local):
    with open_sandbox(local.info.kind, workers=1, packages=[]) as bare:
        assert b"No module named 'numpy'" in Runner(bare).stdin("import numpy").stderr
        assert bare.info.details["packages"] == ""


@pytest.mark.parametrize("kind", ["local", "cold"])
def test_what_a_package_requires_comes_with_it_except_for_its_extras(site, request, kind):
    request.getfixturevalue(kind)  # skips where there is none
    install(
        site, "tiny-lib", {"tiny/__init__.py": "import helper\nfrom importlib.metadata import version"}, ["helper>=1"]
    )
    install(site, "helper", {"helper.py": "WORD = 'helped'"}, ["absent", "bonus; extra == 'more'"])
    install(site, "bonus", {"bonus.py": ""})
    with open_sandbox(kind, workers=1, packages=["tiny-lib"]) as opened:
        run = Runner(opened).stdin
        assert run("import tiny\nprint(tiny.helper.WORD, tiny.version('tiny-lib'))").stdout == b"helped 1.5\n"
        assert run("import helper\nprint(helper.WORD)").stdout == b"helped\n"
        assert b"No module named 'bonus'" in run("import tiny, bonus").stderr
        assert opened.info.details["packages"] == "helper 1.5, tiny-lib 1.5"


def test_a_package_is_found_by_the_name_that_programs_import_too(site):
    install(site, "tiny-lib", {"tiny/__init__.py": "", "_tiny.py": ""})
    assert installed(["tiny"]) == installed(["tiny-lib"])
    assert installed(["tiny"]).preload == ("tiny",)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["numpy", "no-such-package"], "'no-such-package' is not installed here: pip install"),
        ([""], "'' is not installed"),
        (["tarot-bench"], "holds reference solutions"),
    ],
)
def test_a_package_that_cannot_be_had_is_one_line_at_once(names, said):
    with pytest.raises(SandboxUnavailableError, match=said) as caught:
        open_sandbox("unsafe-subprocess", packages=names)
    assert "\n" not in str(caught.value)


def test_a_distribution_without_a_module_is_one_line(site):
    install(site, "papers", {"papers.txt": ""})
    with pytest.raises(SandboxUnavailableError, match="nothing of papers can be imported"):
        installed(["papers"])


def test_packages_of_e2bs_machines_cannot_be_chosen():
    with pytest.raises(SandboxUnavailableError, match="cannot be set for e2b"):
        open_sandbox("e2b", packages=["numpy"])


@pytest.mark.parametrize(
    ("source", "imports"),
    [
        ("import os, numpy as np", True),
        ("from sortedcontainers.sortedlist import SortedKeyList", True),
        ("__import__('numpy')", True),
        ('importlib.import_module( "sortedcontainers")', True),
        ("print('numpy')", False),
        ("import numpyro", False),
        ("import math", False),
    ],
)
def test_a_program_s_imports_choose_its_jail(source, imports):
    pytest.importorskip("sortedcontainers")
    assert installed(["numpy", "sortedcontainers"]).imported_by(source) is imports


def test_executions_with_other_packages_are_not_answered_from_the_cache(tmp_path, local):
    pytest.importorskip("sortedcontainers")
    job = {"source": SORTED, "text": "2 1"}
    outputs, hits = [], []
    for packages in (None, ["numpy", "sortedcontainers"], ["sortedcontainers", "numpy"]):
        inner = open_sandbox(local.info.kind, workers=1, packages=packages)
        with CachedSandbox(inner, tmp_path / "cache" / "verdicts.sqlite") as cached:
            outputs.append(Runner(cached).stdin(**job).stdout)
            hits.append(cached.hits)
    assert (outputs, hits) == ([b"", b"1 2\n", b"1 2\n"], [0, 0, 1])
