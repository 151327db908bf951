"""Templates are data: they cannot reach the host, and what they may not do is one line."""

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.errors import RecipeError
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.generation.author.asked import asked_of
from tarot_bench.generation.author.drafting import Wanted
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.recipes import root
from tarot_bench.templates import environment, parsed, rendered
from tests.generation.author.helpers import wanted

FORBIDDEN = {
    "the classes of a string": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals of a function of Jinja": "{{ cycler.__init__.__globals__.os.system('touch HOST') }}",
    "globals of a macro's context": "{{ self.__init__.__globals__ }}",
    "a namespace's class": "{{ lipsum.__globals__['os'].popen('touch HOST').read() }}",
    "the attribute filter": "{{ ''|attr('__class__') }}",
    "format strings": "{{ '{0.__class__.__mro__}'.format('') }}",
    "format maps": "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "changes of a value": "{{ problem.limits.update({'cpu_s': 900}) }}",
    "a file": "{% include '/etc/passwd' %}",
    "a parent folder": "{% include '../../etc/passwd' %}",
    "an unknown name": "{{ problem.solution }}",
    "an unknown filter": "{{ problem.statement | shell }}",
    "a division by zero": "{{ 1 / 0 }}",
    "a wrong type": "{{ 1 + 'a' }}",
    "endless recursion": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
}
ENDLESS = {
    "a range": "{% for a in range(10**9) %}{% endfor %}",
    "ranges within ranges": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "macros that call twice": "{% macro f(n) %}{% if n %}{% set a = f(n-1) %}{% set b = f(n-1) %}{% endif %}"
    "{% endmacro %}{{ f(60) }}",
    "output": "{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
    "a power": "{{ 10 ** 10 ** 10 }}",
    "a product": "{{ 'a' * 10 ** 10 }}",
    "a list": "{{ [0] * 999999999 }}",
    "a width": "{{ '%999999999d' % 1 }}",
    "a method": "{{ 'a'.ljust(10000000000) }}",
}


def refused(template: str, folder) -> str:
    path = folder / "mine.jinja"
    path.write_text(template)
    with pytest.raises(RecipeError) as caught:
        Prompt(str(path)).render(load_problems("embedded").problems[0])
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_prompt_that_does_what_it_may_not_is_one_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(FORBIDDEN[name], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.jinja"]


@pytest.mark.parametrize("name", ENDLESS)
def test_a_prompt_that_would_not_end_is_one_line(name, tmp_path, monkeypatch):
    monkeypatch.setattr("tarot_bench.templates._LONGEST_S", 0.5)
    refused(ENDLESS[name], tmp_path)


def test_a_prompt_that_is_nested_too_deeply_is_one_line(tmp_path):
    refused("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", tmp_path)


def test_a_prompt_that_is_not_text_is_one_line(tmp_path):
    (tmp_path / "mine.jinja").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecipeError, match=r"mine\.jinja"):
        Prompt(str(tmp_path / "mine.jinja"))


def test_what_prompts_need_is_allowed():
    each = "{{ loop.index }}/{{ loop.length }} {{ '-' * 3 }}{{ '%03d' % x }}{{ x ** 2 }}"
    source = "{% for x in xs %}" + each + "\n{% endfor %}"
    template = parsed(environment(), source, "here")
    assert rendered(template, "here", {"xs": [1, 2]}) == "1/2 ---0011\n2/2 ---0024\n"


def test_a_generators_prompts_are_sandboxed_too(tmp_path):
    for path in (root() / "generation" / "prompts").glob("*.jinja"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "edge.jinja").write_text(FORBIDDEN["globals of a function of Jinja"])
    entry: Wanted = wanted(1)[0]
    with pytest.raises(RecipeError, match=r"edge\.jinja"):
        Prompts(tmp_path).render(entry, asked_of(entry, AuthorSettings()))


def test_every_environment_of_the_package_is_opened_by_the_one_helper():
    package = root() / "tarot_bench"
    users = [path.name for path in package.rglob("*.py") if "import jinja2" in path.read_text()]
    assert users == ["templates.py"]
