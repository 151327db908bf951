"""A report in a real browser: search, filter, sort, drill-down, keyboard, phone, themes, accessibility."""

import xml.etree.ElementTree as ET

import pytest

import tarot_bench as tb
from tarot_bench.verdict import Verdict
from tests.reporting.report.making import completion, grade, ladder, problem, write_run

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from tests.reporting.report.browsing import DESK, PHONE, Person, address

HOSTILE = "<img src=x onerror=\"document.title='owned'\"></script><!--\x1b[31m\u202e"
PROBLEMS = [problem(number, statement=f"Double {number}. {HOSTILE}") for number in range(12)]
HARDEST = PROBLEMS[7]
TRUNCATED = PROBLEMS[4]
ONLY_SECOND = {PROBLEMS[3].id, PROBLEMS[5].id}


def _run(folder, solved, model):
    """Four samples a problem; all pass where `solved` has the number, else sample 3 fails from the second tier on."""
    answers, grades = [], []
    for number, asked in enumerate(PROBLEMS):
        for index in range(4):
            fine = number in solved or (index != 3 and asked is not HARDEST)
            fine = (fine and asked.id not in ONLY_SECOND) or number in solved
            answers.append(completion(asked, index, HOSTILE + "\n```python\nprint(2)\n```", finish_reason="stop"))
            verdicts = ladder(asked, 4 if fine else 0 if asked is HARDEST else 1)
            if asked is TRUNCATED and index == 1:
                verdicts = [Verdict.TRUNCATED] * 4
            grades.append(grade(asked, index, verdicts, code=f"print(2)  # {HOSTILE}"))
    return write_run(folder, PROBLEMS, answers, grades, samples=4, model=model)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    first = _run(folder / "first", {0, 1, 2}, "mutant:0.5")
    second = _run(folder / "second", {3, 5, 6}, "gold")
    return address(tb.report([first, second], folder / "report.html"))


@pytest.fixture
def person(browser, report, request):
    made = Person(browser, report, **getattr(request, "param", {}))
    yield made
    assert made.errors == []
    assert [url for url in made.requests if not url.startswith(("data:", "blob:"))] == [report]
    assert made.page.title() == "mutant:0.5, gold on tarot"
    made.close()


def test_the_search_finds_problems_by_their_names(person):
    assert person.count == "12 of 12 problems"
    person.type("Search", "BRIDGES")
    assert person.listed == [asked.id for asked in PROBLEMS if "bridges" in asked.id]
    assert person.count == "3 of 12 problems"
    person.type("Search", "nothing like this")
    assert person.page.get_by_text("No problem fits these filters.").is_visible()
    person.type("Search", "")
    assert person.count == "12 of 12 problems"


def test_the_table_is_filtered_by_tier_verdict_difficulty_and_tag(person):
    person.choose("With a failure in", "basic")
    assert person.listed == [TRUNCATED.id, HARDEST.id]
    person.choose("With the verdict", "TRUNCATED")
    assert person.listed == [TRUNCATED.id]
    person.choose("With a failure in", "any tier or none")
    person.choose("With the verdict", "any")
    person.choose("Difficulty or tag", "hard")
    assert person.listed == [asked.id for asked in PROBLEMS if asked.origin.difficulty == "hard"]
    person.choose("Difficulty or tag", "tag1")
    assert person.listed == [asked.id for asked in PROBLEMS if "tag1" in asked.origin.extra["tags"]]
    person.choose("Solved", "by every sample")
    assert person.listed == [PROBLEMS[1].id]


def test_the_table_is_sorted_by_a_column(person):
    person.click(".tabulator-col[tabulator-field=id]")
    assert person.listed == sorted(asked.id for asked in PROBLEMS)
    person.click(".tabulator-col[tabulator-field=id]")
    assert person.listed == sorted((asked.id for asked in PROBLEMS), reverse=True)


def test_the_rows_are_not_replaced_when_the_table_scrolls_into_view(person):
    link = person.page.locator(".tabulator-row a").first
    link.focus()  # a row that is taken out of the page loses it, and loses a click that has begun
    person.page.wait_for_timeout(300)
    assert link.evaluate("link => document.activeElement === link")


def test_the_table_fits_a_window_whose_width_changes(person):
    person.page.set_viewport_size(PHONE)
    person.page.wait_for_selector(".tabulator-col[tabulator-field=said]", state="hidden")
    assert person.width == PHONE["width"]
    person.page.set_viewport_size(DESK)
    person.page.wait_for_selector(".tabulator-col[tabulator-field=said]")


def test_another_run_is_shown_in_the_same_table(person):
    person.choose("Run", "gold")
    person.page.wait_for_selector(".tabulator-col[tabulator-field='others.0']")
    person.choose("Solved", "by every sample")
    assert set(person.listed) == ONLY_SECOND | {PROBLEMS[6].id}


def test_the_drill_down_shows_every_text_as_text(person):
    person.open(PROBLEMS[2].id)
    detail = person.page.locator("#problem")
    assert "Double 2. <img src=x" in detail.inner_text()
    assert r"\x1b[31m\u202e" in detail.inner_text()
    assert detail.locator("img").count() == 0
    assert detail.locator("h4").all_inner_texts() == [
        f"Test {place}, {tier}: PASSED" for place, tier in enumerate(("basic", "intermediate", "complex", "edge"), 1)
    ]
    assert person.page.evaluate("document.activeElement.textContent") == PROBLEMS[2].id


def test_a_place_in_the_report_has_an_address_of_its_own(person, report):
    person.page.goto(f"{report}#0/1/3/2")
    person.page.reload()
    person.requests.pop()
    assert person.page.locator("#problem h2").inner_text() == PROBLEMS[3].id
    assert person.page.locator("#problem h3").inner_text() == "Sample 2"
    assert "gold: 4 of 4 graded samples" in person.page.locator("#problem").inner_text()


def test_the_name_of_a_model_is_text_in_the_head_of_a_column(browser, tmp_path):
    runs = [_run(tmp_path / name, {0}, model) for name, model in (("a", "<b id=owned>x</b>"), ("b", "gold"))]
    person = Person(browser, address(tb.report(runs[::-1], tmp_path / "report.html")))
    assert "<b id=owned>x</b>" in person.page.locator(".tabulator-headers").inner_text()
    assert person.page.locator("#owned").count() == 0
    person.close()


# ---- what people come for, with the clicks that it takes


def test_finding_the_hardest_problem_takes_one_click(person):
    person.click(".tabulator-col[tabulator-field=solved]")
    rates = person.page.locator(".tabulator-cell[tabulator-field=solved]").all_inner_texts()
    assert rates[0] == "0.0 %"
    assert person.listed[0] in {HARDEST.id, *ONLY_SECOND}
    assert person.clicks == 1


def test_seeing_why_sample_3_failed_takes_three_clicks(person):
    person.open(PROBLEMS[8].id)
    person.choose("Sample", "sample 3: WRONG_ANSWER")
    person.page.wait_for_selector("h3:text-is('Sample 3')")
    failed = person.page.locator(".test", has=person.page.locator(".bad"))
    assert failed.count() == 3
    assert "Test 2, intermediate: WRONG_ANSWER" in failed.first.inner_text()
    assert failed.first.locator("del").inner_text() == "- 20\n"
    assert failed.first.locator("ins").inner_text() == "+ 2\n"
    assert person.clicks == 3


def test_finding_what_the_other_run_solves_takes_two_clicks(person):
    person.choose("Solved", "by gold, not here")
    assert set(person.listed) == ONLY_SECOND | {PROBLEMS[6].id}
    assert person.clicks == 2


def test_finding_the_truncated_samples_takes_three_clicks(person):
    person.choose("With the verdict", "TRUNCATED")
    person.open(TRUNCATED.id)
    options = person.page.get_by_label("Sample", exact=True).locator("option").all_inner_texts()
    assert [option for option in options if "TRUNCATED" in option] == ["sample 1: TRUNCATED"]
    assert person.clicks == 3


def test_saving_a_figure_takes_one_click(person, tmp_path):
    with person.page.expect_download() as saved:
        person.click("#tier-profile button")
    assert saved.value.suggested_filename == "tier-profile.svg"
    saved.value.save_as(tmp_path / "figure.svg")
    drawn = ET.parse(tmp_path / "figure.svg").getroot()
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "currentColor" not in (tmp_path / "figure.svg").read_text()
    assert person.clicks == 1


# ---- for everybody


def _focused(person) -> str:
    return person.page.evaluate("(document.activeElement.id || document.activeElement.textContent).trim()")


def _tab_until(person, wanted: str, most: int = 60) -> None:
    for _ in range(most):
        person.page.keyboard.press("Tab")
        if _focused(person).startswith(wanted):
            return
    raise AssertionError(f"{wanted} was not reached in {most} steps")


def test_everything_is_reached_with_the_keyboard_alone(person):
    page = person.page
    page.keyboard.press("Tab")
    assert _focused(person) == "Skip to the contents"
    _tab_until(person, "theme")
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    _tab_until(person, "Save as SVG")
    _tab_until(person, "search")
    page.keyboard.type("clocks")
    assert person.count == "2 of 12 problems"
    _tab_until(person, "Solved")
    page.keyboard.press("Enter")
    assert page.locator(".tabulator-col[tabulator-field=solved]").get_attribute("aria-sort") == "ascending"
    _tab_until(person, HARDEST.id)
    page.keyboard.press("Enter")
    page.wait_for_selector("#problem h2")
    _tab_until(person, "sample")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("h3:text-is('Sample 1')")
    assert _focused(person) == "sample"
    assert person.clicks == 0


@pytest.mark.parametrize("person", [{"size": PHONE, "is_mobile": True, "has_touch": True}], indirect=True)
def test_nothing_is_wider_than_a_phone(person):
    assert person.width == PHONE["width"]
    person.page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    assert person.width == PHONE["width"]
    rates = person.page.locator(".tabulator-cell[tabulator-field=solved]")
    assert rates.evaluate_all("all => all.every((cell) => cell.scrollWidth <= cell.clientWidth)")
    person.open(PROBLEMS[2].id)
    person.page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    assert person.width == PHONE["width"]


def _ground(person) -> str:
    return person.page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("person", [{"color_scheme": "dark"}], indirect=True)
def test_the_theme_is_that_of_the_system_until_another_is_chosen(person):
    assert _ground(person) == "rgb(20, 23, 31)"
    assert person.page.locator("#theme").inner_text() == "Light theme"
    person.click("#theme")
    assert _ground(person) == "rgb(255, 255, 255)"
    assert person.page.locator("#theme").inner_text() == "Dark theme"


def _findings(person) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(person.page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    "person",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"size": PHONE, "color_scheme": "light"}],
    ids=["light", "dark", "phone"],
    indirect=True,
)
@pytest.mark.slow
def test_axe_finds_nothing_serious(person):
    assert _findings(person) == []
    person.open(TRUNCATED.id)
    person.choose("Sample", "sample 1: TRUNCATED")
    person.page.wait_for_selector("h3:text-is('Sample 1')")
    person.page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    assert _findings(person) == []
