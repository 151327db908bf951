import io
import random
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tarot_bench.metrics.tiers import summarise
from tarot_bench.problem import TIERS, Tier
from tarot_bench.reporting.header import Title
from tarot_bench.reporting.terminal import render, render_rating
from tarot_bench.verdict import Verdict, VerdictMatrix

TITLE = Title("openai/some-model", "tarot-4tier", "3f2a91c", 4, "full")
V = Verdict


def metrics(problems=60, samples=4, ks=(1,), tiers=(*TIERS, None), ungraded=0):
    """A made-up run whose failures are WRONG_ANSWER, but TIME_LIMIT in the complex tier."""
    rng = random.Random(5)
    failure = {tier: V.TIME_LIMIT if tier is Tier.COMPLEX else V.WRONG_ANSWER for tier in tiers}
    chance = {tier: 0.9 - 0.15 * (tier.rank if tier else 0) for tier in tiers}

    def row():
        return tuple(V.PASSED if rng.random() < chance[tier] else failure[tier] for tier in tiers)

    infrastructure = (V.UNGRADED,) * len(tiers)
    return summarise(
        [
            VerdictMatrix(f"p{i}", tiers, tuple(infrastructure if i < ungraded else row() for _ in range(samples)))
            for i in range(problems)
        ],
        ks,
    )


def printed(title, numbers, *, width=80, colour=False):
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=colour, color_system="truecolor" if colour else None).print(
        render(title, numbers)
    )
    return stream.getvalue()


def lines_from(text, start):
    lines = text.splitlines()
    return next(lines[i:] for i, line in enumerate(lines) if line.startswith(start))


def test_a_tier_row_shows_rates_and_beneath_them_their_intervals():
    numbers = metrics()
    rates, intervals = lines_from(printed(TITLE, numbers), "intermediate")[:2]
    tier = numbers.tiers[Tier.INTERMEDIATE]
    estimates = [tier.pass_rate, tier.pass_at[1], tier.through, tier.given_earlier]
    assert rates.split()[1:5] == [f"{100 * each.value:.1f}" for each in estimates]
    assert intervals.split()[2:6] == [f"{100 * each.low:.1f}-{100 * each.high:.1f}" for each in estimates]
    assert intervals.startswith("60 tests")


def test_strict_gap_and_original_tests_are_shown():
    numbers = metrics()
    text = printed(TITLE, numbers)
    assert f"{100 * numbers.strict[1].value:.1f}" in lines_from(text, "strict")[0]
    assert f"{100 * numbers.original.pass_at[1].value:.1f}" in lines_from(text, "original")[0]
    gap = numbers.robustness_gap
    assert f"(basic - edge): {100 * gap.value:+.1f} pp [{100 * gap.low:+.1f}, {100 * gap.high:+.1f}]" in text


def test_each_tier_names_its_main_failure():
    text = printed(TITLE, metrics())
    assert "time limit" in lines_from(text, "complex")[0]
    assert "wrong answer" in lines_from(text, "edge")[0]
    assert "100 % of fails" in lines_from(text, "edge")[1]


def test_first_failing_tiers_are_bars_whose_length_follows_the_count():
    numbers = metrics()
    rows = lines_from(printed(TITLE, numbers), "First tier failed")[1:6]
    counts = list(numbers.first_failing_tier.values())
    assert [int(row.split()[-3]) for row in rows] == counts
    assert rows[-1].startswith("none: solved")
    lengths = [row.count("━") for row in rows]
    assert sorted(range(5), key=lambda i: (lengths[i], counts[i])) == sorted(range(5), key=lambda i: counts[i])
    assert max(lengths) > 0


def test_the_header_says_what_was_run():
    assert printed(TITLE, metrics()).splitlines()[:3] == [
        "openai/some-model on tarot-4tier",
        "data revision 3f2a91c",
        "n=4 per problem, sandbox full",
    ]
    title = replace(
        TITLE,
        data="org/name",
        tiers=("basic", "edge"),
        limit=20,
        ids=7,
        sampling={"temperature": 0.0, "top_p": None, "max_tokens": 64, "stop": ("\n\n",), "seed": 0},
        options={"endpoint": "completions", "extra": {"reasoning_effort": "high"}, "reasoning": False},
    )
    assert printed(title, metrics()).splitlines()[1:4] == [
        "data org/name, revision 3f2a91c; first 20 problems; 7 problems by id; tiers ",
        "basic, edge",
        "n=4 per problem, temperature 0, max_tokens 64, stop '\\n\\n', seed 0, sandbox full",
    ]
    assert "model options: endpoint completions, reasoning_effort high\n" in printed(title, metrics())
    reasoning = replace(TITLE, options={"reasoning": True}, sampling={"seed": 0})
    assert "model options: reasoning True\n" in printed(reasoning, metrics())
    assert "seed 0" in printed(reasoning, metrics())
    assert "temperature of the server" in printed(replace(TITLE, sampling={"temperature": None}), metrics())


def test_only_the_tiers_that_were_run_are_named():
    everything = printed(TITLE, metrics())
    assert "all tiers" in lines_from(everything, "strict")[1]
    two = printed(TITLE, metrics(tiers=(Tier.BASIC, Tier.EDGE)))
    assert [line.split()[0] for line in lines_from(two, "strict")[1:3]] == ["basic,", "edge"]
    assert "Robustness gap" in two
    no_gap = printed(TITLE, metrics(tiers=(Tier.COMPLEX, Tier.EDGE)))
    assert "gap" not in no_gap
    one = printed(TITLE, metrics(tiers=(Tier.EDGE,), ks=(1, 2)))
    for word in ("strict", "all tiers", "Through", "before)", "gap", "First tier"):
        assert word not in one
    assert lines_from(one, "Tier")[0].split()[:3] == ["Tier", "Pass", "rate"]


def test_a_run_without_isolation_and_a_foreign_grader_are_said_aloud():
    title = Title("m", "b", None, 1, "none", "tarot")
    text = printed(title, metrics())
    assert "ran without isolation" in text
    assert "compat=tarot" in text
    assert "\x1b[1;31m!! sandbox none" in printed(title, metrics(), colour=True)
    assert "forgeable: 3 tests are judged" in printed(Title("m", "b", None, 1, "full", None, 3), metrics())
    assert "forgeable" not in printed(TITLE, metrics())
    assert "isolation" not in printed(TITLE, metrics())
    assert "compat" not in printed(TITLE, metrics())


def test_ungraded_samples_are_shouted_and_silent_when_there_are_none():
    text = printed(TITLE, metrics(ungraded=2))
    assert "!! UNGRADED: 8 of 240 samples" in text
    assert "pass@1 leaves out 2 of 60 problems with no graded samples: p0, p1\n" in text
    many = " ".join(printed(TITLE, metrics(ungraded=6)).split())
    assert "leaves out 6 of 60 problems with no graded samples: p0, p1, p2, p3, p4 and 1 more" in many
    quiet = printed(TITLE, metrics())
    assert "NO_CODE 0, TRUNCATED 0, UNGRADED 0" in quiet
    assert "!!" not in quiet
    assert "leaves out" not in quiet


def test_several_k_have_a_table_of_their_own():
    numbers = metrics(ks=(1, 2, 4))
    row = lines_from(printed(TITLE, numbers), "k=4")[0].split()
    pass_at = [*(tier.pass_at for tier in numbers.tiers.values()), numbers.strict, numbers.original.pass_at]
    assert row[1:] == [f"{100 * each[4].value:.1f}" for each in pass_at]
    assert "k=" not in printed(TITLE, metrics())


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("ungraded", [0, 1, 60])
def test_everything_fits_the_terminal_without_being_cut(ungraded, width):
    numbers = metrics(ks=(1, 2, 4), ungraded=ungraded)
    text = printed(TITLE, numbers, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    if ungraded < 60:
        for estimate in (group.given_earlier for group in numbers.tiers.values()):
            assert f"{100 * estimate.low:.1f}-{100 * estimate.high:.1f}" in text


def test_a_narrow_terminal_says_what_a_wide_one_says():
    def words(width):
        return {word for word in printed(TITLE, metrics(ks=(1, 2, 4)), width=width).split() if not {*word} & {*"━╸╺─"}}

    assert words(60) == words(200)


def test_output_that_is_no_terminal_has_no_escape_sequences():
    assert "\x1b" not in printed(TITLE, metrics(ks=(1, 2), ungraded=1))
    assert "\x1b" in printed(TITLE, metrics(), colour=True)


def test_colour_adds_nothing_that_the_plain_text_lacks():
    def words(text):
        return re.sub(r"\x1b\[[\d;]*m|[━╸╺]", "", text).split()

    title = Title("m", "b", None, 1, "none", "tarot")
    numbers = metrics(ks=(1, 2), ungraded=1)
    assert words(printed(title, numbers, colour=True)) == words(printed(title, numbers))


def test_a_run_with_nothing_graded_shows_dashes():
    text = printed(TITLE, metrics(problems=3, ungraded=3))
    assert lines_from(text, "basic")[0].split() == ["basic", "-", "-", "-", "-", "-"]
    assert "Robustness gap (basic - edge): -" in text
    assert "UNGRADED: 12 of 12" in text


def test_a_benchmark_without_tiers_has_no_ladder():
    text = printed(TITLE, metrics(tiers=(None,)))
    assert "original" in text
    for word in ("Through", "before", "strict", "gap", "First tier"):
        assert word not in text


def test_names_that_look_like_markup_are_printed_as_they_are():
    assert printed(Title("hf/[red]x[/red]", "[b]", None, 1, "full"), metrics()).startswith("hf/[red]x[/red] on [b]\n")


def test_groups_of_tests_have_rows_and_columns_of_their_own():
    rows = [(V.PASSED, V.PASSED), (V.PASSED, V.WRONG_ANSWER)]
    numbers = summarise([VerdictMatrix("p", (None, None), tuple(rows), ("base", "plus"))], ks=(1, 2))
    text = printed(TITLE, numbers)
    assert lines_from(text, "base")[0].split()[:3] == ["base", "100.0", "100.0"]
    assert lines_from(text, "plus")[0].split()[:3] == ["plus", "50.0", "50.0"]
    assert lines_from(text, "pass@k")[0].split() == ["pass@k", "base", "plus", "original"]
    assert max(map(len, text.splitlines())) <= 80


def test_a_rating_stands_with_its_interval_its_basis_and_the_buckets():
    stream = io.StringIO()
    shown = render_rating((1234.4, 1100.2, 1350.9), (40, 3), {"0-1199": (30, 0.5), "2400+": (10, 0.0)})
    Console(file=stream, width=80).print(shown)
    lines = [line.split() for line in stream.getvalue().splitlines() if line.strip()]
    assert "Elo-style rating 1234 [1100, 1351]" in stream.getvalue()
    assert "40 rated problems (3 unrated left out)" in stream.getvalue()
    assert ["0-1199", "30", "50.0"] in lines
    assert ["2400+", "10", "0.0"] in lines
