"""Schedules against the published ones at every boundary, and what a curriculum may and may not be."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.errors import RecipeError
from tarot_bench.problem import TIERS, Tier
from tarot_bench.recipes import root
from tarot_bench.training.curriculum import FOLDER, GROUP, Curriculum, load_curriculum, shipped_curricula
from tarot_bench.verdict import Verdict
from tests.training.made import grade_of, grades
from tests.training.published import PUBLISHED, epochs_of, labels_at

SHIPPED = tuple(shipped_curricula().values())
ALIASED = {alias: curriculum for curriculum in SHIPPED for alias in curriculum.aliases}
progresses = st.floats(0, 1)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_curriculum_has_the_published_weights_and_tiers_at_every_boundary(name):
    length, weights, _ = PUBLISHED[name]
    curriculum = load_curriculum(name)
    assert curriculum.weights == {Tier.parse(label): weight for label, weight in weights.items()}
    for epoch in epochs_of(name):
        expected = tuple(sorted(map(Tier.parse, labels_at(name, epoch))))
        assert curriculum.active(epoch / length) == expected, epoch


@settings(deadline=None)
@given(st.integers(1, 10**6), st.data(), st.sampled_from(["uni", "var_3e", "var_asce_rev_3e"]))
def test_every_step_is_in_the_stage_that_exact_arithmetic_puts_it_in(steps, data, name):
    step = data.draw(st.integers(0, steps) | st.integers(1, 3).map(lambda fifths: fifths * steps // 5))
    exact = sum(Fraction(step, steps) >= Fraction(fifths, 5) for fifths in (1, 2, 3))
    curriculum = ALIASED[name]
    assert curriculum.stage_number(step / steps) == exact
    # The published copies count in epochs, three to a training.
    assert curriculum.stage_number(float(Fraction(3 * step, steps)) / 3) == exact


def test_the_copies_for_three_epochs_are_the_same_curriculum():
    for name in PUBLISHED:
        if name.endswith("_3e"):
            assert load_curriculum(name) == load_curriculum(name.removesuffix("_3e"))


def test_the_curricula_that_the_paper_has_no_code_for():
    assert {c.name for c in SHIPPED if not c.aliases} == {
        *("basic_only", "complex_only", "edge_only"),  # published under these very names
        *("static", "random", "intermediate_only", "hard_focus", "uniform_reversed", "adaptive_forward"),
    }
    assert {load_curriculum("static").active(p) for p in (0.0, 0.3, 1.0)} == {TIERS}
    assert load_curriculum("intermediate_only").active(0.5) == (Tier.INTERMEDIATE,)
    mirrored = [{TIERS[3 - tier.rank] for tier in stage.tiers} for stage in load_curriculum("uniform").stages]
    assert [set(stage.tiers) for stage in load_curriculum("uniform_reversed").stages] == mirrored
    focus = load_curriculum("hard_focus")
    assert [(stage.tiers, stage.keep) for stage in map(focus.stage, (0.0, 0.5))] == [
        (TIERS, 1.0),
        ((Tier.COMPLEX, Tier.EDGE), 0.25),
    ]


def test_every_file_is_named_after_its_curriculum_and_no_name_is_taken_twice():
    files = {file.stem for file in (root() / FOLDER).glob("*.yaml")}
    names = [name for curriculum in SHIPPED for name in (curriculum.name, *curriculum.aliases)]
    assert files == {curriculum.name for curriculum in SHIPPED}
    assert len(set(names)) == len(names)


def test_the_random_order_follows_its_seed_and_every_tier_comes_first_about_as_often():
    drawn = load_curriculum("random")
    firsts = [drawn.reseeded(seed).active(0.0)[0] for seed in range(400)]
    assert firsts == [drawn.reseeded(seed).active(0.0)[0] for seed in range(400)]
    expected = len(firsts) / 4
    # 16.27 is the 99.9 % point of chi-squared with three degrees of freedom.
    assert sum((firsts.count(tier) - expected) ** 2 / expected for tier in TIERS) < 16.27


def test_a_random_order_keeps_the_published_pace():
    for seed in range(20):
        drawn = load_curriculum("random").reseeded(seed)
        sets = [set(drawn.active(progress)) for progress in (0.1, 0.3, 0.5, 0.7)]
        assert [len(tiers) for tiers in sets] == [1, 2, 3, 4]
        assert all(before < after for before, after in itertools.pairwise(sets))


def test_a_new_seed_changes_nothing_where_nothing_is_drawn():
    assert load_curriculum("hard_first").reseeded(7) == load_curriculum("hard_first")


@pytest.mark.parametrize("curriculum", SHIPPED, ids=lambda c: c.name)
@settings(deadline=None)
@given(data=st.data())
def test_scores_are_within_bounds_and_never_fall_when_another_test_passes(curriculum, data):
    progress = data.draw(progresses)
    grade = data.draw(grades())
    score = curriculum.score(grade, progress)
    if score is None:
        return
    assert 0 <= score <= 1
    number = data.draw(st.integers(0, len(grade.results) - 1))
    better = list(grade.results)
    better[number] = better[number].model_copy(update={"verdict": Verdict.PASSED})
    raised = curriculum.score(grade.model_copy(update={"results": tuple(better)}), progress)
    assert raised is not None
    assert raised >= score


@settings(deadline=None)
@given(progresses, st.permutations(TIERS))
def test_which_tiers_are_active_depends_on_progress_alone(progress, order):
    for curriculum in SHIPPED:
        active = curriculum.active(progress)
        assert active == tuple(sorted(active))
        assert active
        assert set(active) <= set(curriculum.weights)


def test_a_score_averages_the_rates_of_the_active_tiers_with_their_weights():
    grade = grade_of({Tier.BASIC: [True], Tier.INTERMEDIATE: [True, False], Tier.COMPLEX: [False], Tier.EDGE: [True]})
    assert load_curriculum("var").score(grade, 0.3) == pytest.approx((0.35 * 1 + 0.35 * 0.5) / 0.7)
    assert load_curriculum("var_asce_rev").score(grade, 0.3) == pytest.approx(0.35 / 0.7)
    assert load_curriculum("static").score(grade, 0.3) == pytest.approx(2.5 / 4)


def test_nothing_is_said_of_an_ungraded_active_tier_nor_of_one_that_the_problem_lacks():
    grade = grade_of({Tier.BASIC: [True], Tier.EDGE: [None]})
    assert load_curriculum("basic_only").score(grade, 0.0) == 1.0
    assert load_curriculum("edge_only").score(grade, 0.0) is None
    assert load_curriculum("complex_only").score(grade, 0.0) is None
    assert load_curriculum("uniform").score(grade, 0.0) == 1.0
    assert load_curriculum("uniform").score(grade, 1.0) is None


@pytest.mark.parametrize("position", [-0.01, 1.01, float("nan")])
def test_a_position_outside_the_schedule_is_an_error(position):
    with pytest.raises(ValueError, match="a position in a curriculum"):
        load_curriculum("static").active(position)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("weights: {basic: 1}\nstages: [{until: 0.5, tiers: [basic]}]", "the last of them 1.0"),
        (
            "weights: {basic: 1}\nstages: [{until: 0.5, tiers: [basic]}, {until: 0.5, tiers: [basic]}, "
            "{until: 1, tiers: [basic]}]",
            "rising",
        ),
        ("weights: {basic: 1}\nstages: [{until: 1, tiers: [edge]}]", "the stages use edge"),
        ("weights: {basic: 1}\nstages: [{until: 1, tiers: [basic, basic]}]", "each tier once"),
        ("weights: {easy: 1}\nstages: [{until: 1, tiers: [easy]}]", "unknown tier label 'easy'"),
        ("weights: {basic: .inf}\nstages: [{until: 1, tiers: [basic]}]", "less than or equal to 1000000"),
        ("weights: {medium: 2, intermediate: 3}\nstages: [{until: 1, tiers: [medium]}]", "names a tier twice"),
        ("name: again\nweights: {basic: 1}\nstages: [{until: 1, tiers: [basic]}]", "the key 'name' is there twice"),
        ("weights: {basic: 0}\nstages: [{until: 1, tiers: [basic]}]", "greater than 0"),
        ("weights: {basic: 1}\nstages: []", "at least 1"),
        ("weights: {basic: 1}\nstages: [{until: 1, tiers: [basic]}]\nshuffle: 1", "which `weights` does not name"),
    ],
)
def test_an_impossible_curriculum_is_refused_in_one_line(tmp_path, text, complaint):
    file = tmp_path / "odd.yaml"
    file.write_text(f"name: odd\n{text}\n")
    with pytest.raises(RecipeError, match=complaint) as caught:
        load_curriculum(str(file))
    assert "\n" not in str(caught.value)


def test_a_curriculum_may_be_written_with_the_published_labels(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nweights: {medium: 1, high: 3}\nstages: [{until: 1.0, tiers: [high, medium]}]\n")
    assert load_curriculum(str(file)).active(0.0) == (Tier.INTERMEDIATE, Tier.COMPLEX)


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(RecipeError, match=r"shipped: adaptive_forward, .*published names: .*var_asce_rev_3e"):
        load_curriculum("easiest_first")


@pytest.mark.parametrize("form", ["Curriculum(**MINE)", "MINE", "lambda: MINE"])
def test_a_curriculum_of_another_package_is_found_through_its_entry_point(tmp_path, monkeypatch, form):
    info = tmp_path / "their_curricula-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-curricula\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nedges_late = their_curricula_{abs(hash(form))}:given\n")
    (tmp_path / f"their_curricula_{abs(hash(form))}.py").write_text(
        "from tarot_bench.training.curriculum import Curriculum\n"
        "MINE = {'name': 'edges_late', 'weights': {'basic': 1, 'edge': 2},\n"
        "        'stages': [{'until': 0.9, 'tiers': ['basic']}, {'until': 1.0, 'tiers': ['edge']}]}\n"
        f"given = {form}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = load_curriculum("edges_late")
    assert isinstance(found, Curriculum)
    assert (found.active(0.5), found.active(0.95)) == ((Tier.BASIC,), (Tier.EDGE,))


def test_a_plug_in_that_gives_something_else_is_one_line(tmp_path, monkeypatch):
    info = tmp_path / "odd_curricula-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-curricula\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nodd = odd_curricula_code:given\n")
    (tmp_path / "odd_curricula_code.py").write_text("given = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RecipeError, match="gives a int, not a curriculum"):
        load_curriculum("odd")
