"""What generators are told."""

import pytest

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import RecipeError
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.problem import TIERS, TestCase, Tier
from tests.generation.author.helpers import problem, wanted
from tests.generation.author.test_suite import FUNCTION


def test_the_first_prompt_shows_problem_gold_and_example_and_asks_for_each_tier():
    prompt = Prompts().render(wanted(7)[6], validator=True)
    for part in (
        "print it times 7.",
        "int(input()) * 7",
        "output:\n14",
        "`validator`",
        *(f"- `{tier}`:" for tier in TIERS),
    ):
        assert part in prompt.user
    assert "earlier attempt" not in prompt.user


def test_each_tier_has_a_meaning_of_its_own():
    alone = {Prompts().render(Wanted(Entry(problem=problem(1)), (tier,)), validator=False).user for tier in TIERS}
    assert len(alone) == 4


def test_a_repair_prompt_shows_what_was_wrong_and_asks_for_the_missing_tier_only():
    failure = FailedTest(Tier.EDGE, "99\n", "98\n", "99\n", "gold-disagrees: line 1 differs")
    want = Wanted(Entry(problem=problem(1)), (Tier.EDGE,), 1, (failure,))
    text = Prompts().render(want, validator=False).user
    for part in (
        "gold-disagrees: line 1 differs",
        "input:\n99",
        "98",
        "what the reference solution gave:\n99",
        "- `edge`:",
    ):
        assert part in text
    assert "- `basic`:" not in text
    assert "validator" not in text


def test_a_function_s_prompt_explains_the_form_of_a_call():
    text = Prompts().render(Wanted(Entry(problem=FUNCTION), TIERS), validator=True).user
    assert "called as `add`" in text
    assert "JSON list of the positional arguments" in text


def test_old_tiers_are_not_shown_at_first_and_accepted_tests_are_shown_later():
    old = TestCase(tier=Tier.BASIC, input="777777\n", output="777777\n")
    entry = Entry(problem=problem(1).model_copy(update={"tests": (old,)}))
    prompts = Prompts()
    assert "777777" not in prompts.render(Wanted(entry, TIERS), validator=False).user
    assert "777777" in prompts.render(Wanted(entry, (Tier.EDGE,), 1), validator=False).user


def test_a_huge_failure_is_shortened():
    failure = FailedTest(Tier.EDGE, "9" * 100_000, "", "", "invalid-input")
    text = Prompts().render(Wanted(Entry(problem=problem(1)), (Tier.EDGE,), 1, (failure,)), validator=False).user
    assert len(text) < 10_000
    assert "(100000 characters)" in text


def test_the_digest_tells_prompts_and_folders_apart(tmp_path):
    one, two = (Prompts().render(want, validator=True) for want in wanted(2))
    assert one.digest != two.digest
    assert one.digest == Prompts().render(wanted(1)[0], validator=True).digest
    for name in ("system", "author", "repair", *TIERS):
        (tmp_path / f"{name}.jinja").write_text("short")
    assert Prompts(tmp_path).digest != Prompts().digest


@pytest.mark.parametrize(
    ("text", "said"), [("{{ oops", "jinja:1"), ("{{ nothing }}", "'nothing' is undefined"), (None, "lacks")]
)
def test_a_template_that_cannot_be_used_is_one_line(text, said, tmp_path):
    for name in ("system", "author", "repair", *TIERS):
        (tmp_path / f"{name}.jinja").write_text("fine")
    if text is None:
        (tmp_path / "edge.jinja").unlink()
    else:
        (tmp_path / "author.jinja").write_text(text)
    with pytest.raises(RecipeError, match=said):
        Prompts(tmp_path).render(wanted(1)[0], validator=True)
