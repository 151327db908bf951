"""The site in a real browser, from a disk: tables, filters, side by side, keyboard, phone, themes, accessibility."""

import pytest

from tarot_bench.api.samples import samples_writer
from tarot_bench.leaderboard.bundle import About
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.findings import Check, Finding
from tarot_bench.leaderboard.site.write import write_site
from tarot_bench.metrics.comparison import compare_verdicts
from tarot_bench.problem import TestCase
from tests.leaderboard.site.making import Made, write_board
from tests.reporting.report.making import problem

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("altair", reason="needs the extra report")
from tests.reporting.report.browsing import PHONE, Person, address

HOSTILE = "<img src=x onerror=\"document.title='owned'\"></script><!--\x1b[31m\u202e"
ORIGINAL = (TestCase(tier=None, input="7\n", output="14\n"),)
PROBLEMS = [problem(number, original_tests=ORIGINAL if number % 3 else ()) for number in range(24)]
PAIR = "#pair tbody tr"


def _about(**known):
    return {"about": About(**known)}


SUBMISSIONS = [
    Made("lab/large", lambda n, i: 5 if n % 12 else 3, samples=2,
         submitted=_about(parameters_b=70, open_weights=True, reasoning=True)),
    Made("lab/small", lambda n, i: (n * 7 + i * 5) % 6, samples=2,
         submitted=_about(parameters_b=3, open_weights=True, reasoning=False)),
    Made("shop/closed", lambda n, i: (n * 5 + i) % 6, submitted=_about(open_weights=False)),
    Made(f"evil/{HOSTILE}", lambda n, i: n % 2, text=lambda n, i: HOSTILE),
    Made("lab/nothing", lambda n, i: 0, submitted=_about(parameters_b=7)),
    Made("new/one", verified=False),
    Made("cheat/er", findings=[Finding(check=Check.VERDICTS, where="tarot x #0", message=HOSTILE)]),
]  # fmt: skip
RANKED = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_board(tmp_path_factory.mktemp("site") / "board", PROBLEMS, SUBMISSIONS)


@pytest.fixture(scope="module")
def site(folder):
    data = {"tarot": str(folder.with_name("board-runs") / "0.jsonl")}
    write_site(read_folder(folder), folder / "site", samples_writer(data))
    return folder / "site"


def _slugs(site):
    return {page.name.rpartition("-")[0]: page.name for page in (site / "models").iterdir()}


@pytest.fixture
def opened(browser, site):
    """Opens a page of the site as a person; nothing may go wrong, run, or be loaded from elsewhere."""
    people = []

    def visit(name="index.html", ready="#count:not(:empty)", **options):
        path, _, place = name.partition("#")
        person = Person(browser, address(site / path) + (f"#{place}" if place else ""), ready=ready, **options)
        people.append(person)
        return person

    yield visit
    for person in people:
        assert person.errors == []
        assert [url for url in person.requests if not url.startswith((address(site), "data:", "blob:"))] == []
        assert person.page.title() != "owned"
        person.close()


def _listed(person, kind="verified"):
    return person.page.locator(f".entries[data-kind={kind}] .tabulator-row a").all_inner_texts()


# ---- the start page


def test_the_best_verified_entry_comes_first_and_others_are_apart(opened):
    person = opened()
    assert _listed(person)[0] == "lab/large"
    assert len(_listed(person)) == RANKED
    assert _listed(person, "stated") == ["new/one"]
    assert person.count == f"{RANKED + 1} of {RANKED + 1} entries"
    first = person.page.locator(".entries[data-kind=verified] .tabulator-row").first
    assert first.locator("[tabulator-field=c0]").inner_text() == "1"


@pytest.mark.parametrize(
    ("label", "option", "kept"),
    [
        ("Size", "15 to 80 B", {"lab/large"}),
        ("Size", "up to 4 B", {"lab/small"}),
        ("Weights", "closed", {"shop/closed"}),
        ("Weights", "open", {"lab/large", "lab/small"}),
        ("Reasoning", "yes", {"lab/large"}),
        ("Verified", "not verified", {"new/one"}),
    ],
)
def test_a_filter_keeps_the_entries_that_fit(opened, label, option, kept):
    person = opened()
    person.choose(label, option)
    assert set(_listed(person) + _listed(person, "stated")) == kept
    assert person.count == f"{len(kept)} of {RANKED + 1} entries"


def test_unknown_sizes_text_and_dates_are_filters_too(opened):
    person = opened()
    person.choose("Size", "unknown")
    assert "shop/closed" in _listed(person)
    assert "lab/small" not in _listed(person)
    person.type("Search", "CLOSED")
    assert _listed(person) == ["shop/closed"]
    person.type("Search", "")
    person.type("Runs since", "2199-01-01")
    assert person.count == f"0 of {RANKED + 1} entries"
    assert person.page.get_by_text("No entry fits these filters.").first.is_visible()


def test_the_chosen_filters_are_in_the_address(opened):
    person = opened()
    person.choose("Weights", "open")
    person.choose("Show", "Run and cost")
    person.page.reload()
    person.page.wait_for_selector("#count:not(:empty)")
    assert set(_listed(person)) == {"lab/large", "lab/small"}
    shown = person.page.locator(".entries[data-kind=verified] .tabulator-col:visible").all_inner_texts()
    assert "size (B)" in shown
    assert "edge" not in shown


def test_a_column_sorts_and_empty_cells_stay_last(opened):
    person = opened()
    person.choose("Show", "Run and cost")
    header = ".entries[data-kind=verified] .tabulator-col:has-text('size (B)')"
    person.click(header)
    assert _listed(person)[:3] == ["lab/large", "lab/nothing", "lab/small"]
    person.click(header)
    assert _listed(person)[:3] == ["lab/small", "lab/nothing", "lab/large"]


def test_the_tables_are_there_without_scripts(opened):
    person = opened(ready=".entries", java_script_enabled=False)
    rows = person.page.locator(".entries[data-kind=verified] tbody tr")
    assert rows.count() == RANKED
    first = rows.first.text_content()
    assert "lab/large" in first
    assert "91.7 % [" in first
    assert person.page.locator("#filters").inner_text() == ""


# ---- side by side


def _verdicts(folder, model):
    entry = next(entry for entry in read_folder(folder).entries if entry.model == model)
    return [verdicts.matrix(name) for name, verdicts in entry.verdicts.items()]


def _compare(person, first, second):
    person.choose("A", first)
    person.choose("B", second)
    names = "pair => [...document.querySelectorAll('#pair th a')].map((link) => link.textContent).join() === pair"
    person.page.wait_for_function(names, arg=f"{first},{second}")


def _pairs(person):
    found = {}
    for row in person.page.locator(PAIR).all():
        change = row.locator(".change")
        numbers = [float(change.get_attribute(f"data-{name}")) for name in ("value", "low", "high")]
        found[row.get_attribute("data-scope")] = (
            numbers,
            [int(cell) for cell in row.locator("td").all_inner_texts()[3:]],
        )
    return found


def test_its_numbers_are_those_of_compare(opened, folder):
    person = opened("compare.html", ready=PAIR)
    for first, second in (("lab/large", "lab/small"), ("lab/small", "shop/closed"), ("lab/large", "lab/nothing")):
        _compare(person, first, second)
        known = compare_verdicts(_verdicts(folder, first), _verdicts(folder, second)).differences
        shown = _pairs(person)
        assert shown.keys() == known.keys()
        for scope, (numbers, counts) in shown.items():
            estimate = known[scope].difference
            assert numbers == pytest.approx([estimate.value, estimate.low, estimate.high], abs=1e-12)
            assert counts == [len(known[scope].losses), len(known[scope].wins), estimate.problems]


def test_it_lists_the_problems_that_only_one_solves(opened):
    person = opened("compare.html", ready=PAIR)
    _compare(person, "lab/large", "lab/nothing")
    lists = person.page.locator(".only")
    assert set(lists.first.locator("li").all_inner_texts()) == {p.id for n, p in enumerate(PROBLEMS) if n % 12}
    assert "No problem." in lists.last.inner_text()
    person.click("#swap")
    person.page.wait_for_function("document.querySelector('#pair th a').textContent === 'lab/nothing'")
    assert "No problem." in lists.first.inner_text()


def test_an_address_chooses_both_models(opened, site):
    slugs = _slugs(site)
    person = opened(f"compare.html#compare={slugs['lab-small']},{slugs['lab-large']}&benchmark=tarot", ready=PAIR)
    assert person.page.locator("#pair th a").all_inner_texts() == ["lab/small", "lab/large"]
    person = opened(f"models/{slugs['shop-closed']}/index.html", ready=".copy")
    person.page.get_by_text("Compare on tarot").click()
    person.page.wait_for_selector(PAIR)
    assert person.page.locator("#pair th a").first.inner_text() == "shop/closed"


def test_a_problem_that_only_one_solves_leads_to_its_samples(opened):
    person = opened("compare.html", ready=PAIR)
    _compare(person, "lab/large", "lab/nothing")
    person.click(f".only a:text-is('{PROBLEMS[7].id}')")
    person.page.wait_for_selector("#problem h3")
    assert person.page.locator("#problem h2").inner_text() == PROBLEMS[7].id
    assert "Sample 0" in person.page.locator("#problem h3").inner_text()
    person.click("a:text-is('This model')")
    person.page.wait_for_selector(".copy")
    assert person.page.locator("h1").inner_text() == "lab/large"


# ---- a model's page


def test_a_command_is_copied_with_a_button(opened, site):
    person = opened(f"models/{_slugs(site)['lab-small']}/index.html", ready=".copy")
    person.click("#reproduce .copy")
    person.page.wait_for_selector("#reproduce .copy:has-text('ed')")
    assert person.page.locator("#reproduce .copy").inner_text() in ("Copied", "Selected")


# ---- for everybody


def _pages(site):
    slugs = _slugs(site)
    model = next(slug for name, slug in slugs.items() if name.startswith("evil"))
    return [("index.html", "#count:not(:empty)"), ("compare.html", PAIR), (f"models/{model}/index.html", ".copy"),
            (f"models/{model}/samples.html", "#count:not(:empty)"),
            (f"models/{slugs['cheat-er']}/index.html", ".copy")]  # fmt: skip


def _unfold(person):
    person.page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")


def test_nothing_is_wider_than_a_phone(opened, site):
    for name, ready in _pages(site):
        person = opened(name, ready, size=PHONE, is_mobile=True, has_touch=True)
        _unfold(person)
        assert (name, person.width) == (name, PHONE["width"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.slow
def test_axe_finds_nothing_serious(opened, site, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    for name, ready in _pages(site):
        person = opened(name, ready, color_scheme=scheme)
        _unfold(person)
        found = axe.Axe().run(person.page).response["violations"]
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        assert [(name, each["id"], node["html"][:200]) for each in serious for node in each["nodes"]] == []


def _tab_until(person, wanted, most=60):
    for _ in range(most):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement.id || document.activeElement.textContent").strip() == wanted:
            return
    raise AssertionError(f"{wanted} was not reached in {most} steps")


def test_everything_is_reached_with_the_keyboard_alone(opened):
    person = opened()
    page = person.page
    _tab_until(person, "search")
    page.keyboard.type("lab")
    assert person.count.startswith("3 of")
    _tab_until(person, "size")
    _tab_until(person, "edge")
    page.keyboard.press("Enter")
    assert page.locator(".tabulator-col[aria-sort=descending]").first.inner_text() == "edge"
    _tab_until(person, "lab/large")
    page.keyboard.press("Enter")
    page.wait_for_selector(".copy")
    _tab_until(person, "Compare on tarot")
    page.keyboard.press("Enter")
    page.wait_for_selector(PAIR)
    _tab_until(person, "b")
    page.keyboard.press("ArrowDown")
    assert person.clicks == 0
