"""The site builds without a warning, holds every public name, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
import yaml

import tarot_bench
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if find_spec("mkdocs") is None:
        pytest.skip('mkdocs is not installed: pip install "tarot-bench[docs]"')
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return folder


def test_every_public_name_is_on_the_api_page(site):
    page = (site / "api.html").read_text()
    names = [name for name in tarot_bench.__all__ if not name.startswith("__")]
    assert [name for name in names if f'id="tarot_bench.{name}"' not in page] == []


def test_no_page_loads_anything_from_another_host(site):
    loads = r"""(?:<script[^>]+src|<link[^>]+href|<img[^>]+src)=["'](?:https?:)?//[^"']+"""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    assert [found for page in pages for found in re.findall(loads, page.read_text())] == []


def test_every_page_is_in_the_navigation():
    # Not safe_load: the file may hold tags of the site builder.
    listed = re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    there = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(there)


def test_every_yaml_block_is_yaml():
    from tests.docs.blocks import all_blocks

    for block in all_blocks():
        if block.language == "yaml":
            assert yaml.safe_load(block.text), block.name
