"""Choose a curriculum for a model by rule, by expected signal or by recorded gains, with the reason."""

import math
from collections.abc import Callable
from typing import Literal

from pydantic import Field

from tarot_bench.errors import RecipeError
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.problem import Frozen, Tier
from tarot_bench.training.probe.portfolio import Portfolio
from tarot_bench.training.probe.probe import Probe

By = Literal["rule", "signal", "table"]


class CurriculumChoice(Frozen):
    """A chosen curriculum and the reason."""

    by: str
    """``rule``, ``signal``, ``table`` or ``size``."""
    curriculum: str
    determined: bool
    """False if the criterion is undecided and this is the portfolio's default."""
    reason: str
    scores: dict[str, float] = Field(default_factory=dict)
    """Scores of the compared curricula, best first; empty if none were compared."""


def choose(probe: Probe, portfolio: Portfolio, by: By = "rule") -> CurriculumChoice:
    """Choose a curriculum for a probed model.

    Raises:
        RecipeError: the probe or the portfolio lacks data that the criterion needs; names it.
    """
    criteria: dict[By, Callable[[Probe, Portfolio], CurriculumChoice]] = {
        "rule": by_rule,
        "signal": by_signal,
        "table": by_table,
    }
    return criteria[by](probe, portfolio)


def by_rule(probe: Probe, portfolio: Portfolio) -> CurriculumChoice:
    """Apply the capability rule: easy to hard below one threshold, hard first above another, undecided between them."""
    rule = portfolio.rule
    capability = _solved(probe, rule.tier)
    measured = f"pass@1 on the {rule.tier} tier is {_percent(capability.value)} {_interval(capability)}"
    if capability.value < rule.easy_below:
        which, bound, why = rule.easy, rule.easy_below, "below {}: less capable models gain more from easy to hard"
    elif capability.value >= rule.hard_from:
        which, bound, why = rule.hard, rule.hard_from, "{} or more: capable models gain more from hard first"
    else:
        bounds = f"{_percent(rule.easy_below)} and {_percent(rule.hard_from)}"
        return _undetermined("rule", portfolio, f"{measured}, between {bounds}")
    doubt = "; the interval crosses the threshold; take more samples" if _crosses(capability, bound) else ""
    return CurriculumChoice(
        by="rule", curriculum=which, determined=True, reason=f"{measured}, {why.format(_percent(bound))}{doubt}"
    )


def by_signal(probe: Probe, portfolio: Portfolio) -> CurriculumChoice:
    """Choose the largest expected share of informative groups over the schedule, for the model as it is now.

    Under ``fraction`` every further tier distinguishes more samples, so that a schedule that withholds tiers is rarely
    better than ``static``; under ``all_or_nothing`` and ``min`` a hard tier can also hide what an easy one shows.

    Raises:
        RecipeError: the probe lacks a curriculum of the portfolio, or no problem has two graded samples.
    """
    names = [curriculum.name for curriculum in portfolio.loaded]
    missing = [name for name in names if name not in probe.curricula]
    if missing:
        raise RecipeError(f"the probe lacks the curricula {', '.join(missing)}; probe with this portfolio")
    found = {name: share for name in names if (share := probe.curricula[name].informative) is not None}
    if not found:
        raise RecipeError("no problem has two graded samples, so there are no groups; take more --samples")
    scores = _ranked(found)
    best = next(iter(scores))
    others = ", ".join(f"{name} {_percent(score)}" for name, score in list(scores.items())[1:4])
    compared = f"{_percent(scores[best])} of groups of {probe.group} would be informative over the schedule"
    bound = " (lower bounds: fewer samples than a group has)" if probe.lower_bound else ""
    reason = f"{compared}; next {others}{bound}" if others else f"{compared}{bound}"
    return CurriculumChoice(by="signal", curriculum=best, determined=True, reason=reason, scores=scores)


def by_table(probe: Probe, portfolio: Portfolio) -> CurriculumChoice:
    """Choose the largest recorded gain of the model whose initial pass rates are nearest to the probed ones."""
    names = {name: curriculum.name for name, curriculum in zip(portfolio.curricula, portfolio.loaded, strict=True)}
    gains = [gain for gain in portfolio.gains if gain.curriculum in names]
    if not gains:
        raise RecipeError(f"the portfolio {portfolio.name!r} records no gains of its curricula; add some under `gains`")
    nearest = min(gains, key=lambda gain: _distance(probe, gain.probe))
    same = [gain for gain in gains if gain.probe == nearest.probe]
    scores = _ranked({names[gain.curriculum]: gain.gain for gain in same})
    best = next(iter(scores))
    chosen = next(gain for gain in same if names[gain.curriculum] == best)
    compared = ", ".join(f"{name} {100 * gain:+.0f} pp" for name, gain in scores.items())
    rates = ", ".join(f"{tier} {_percent(rate)}" for tier, rate in nearest.probe.items())
    apart = f"{100 * _distance(probe, nearest.probe):.0f} pp away"
    reason = (
        f"gains of the nearest recorded model ({rates}; {apart}): {compared}; {chosen.seeds} seed(s), {chosen.source}"
    )
    return CurriculumChoice(by="table", curriculum=best, determined=True, reason=reason, scores=scores)


def by_size(parameters_b: float, portfolio: Portfolio) -> CurriculumChoice:
    """Choose by size alone, a fallback for models that were not probed.

    Args:
        parameters_b: billions of parameters.
        portfolio: with the bounds.
    """
    size, rule = portfolio.size, portfolio.rule
    if parameters_b < size.easy_below_b:
        which, why = rule.easy, f"below {size.easy_below_b:g} B"
    elif parameters_b >= size.hard_from_b:
        which, why = rule.hard, f"{size.hard_from_b:g} B or more"
    else:
        between = f"{parameters_b:g} B is between {size.easy_below_b:g} B and {size.hard_from_b:g} B"
        return _undetermined("size", portfolio, between)
    reason = f"{parameters_b:g} B is {why}; size is a poor proxy for capability: probe the model"
    return CurriculumChoice(by="size", curriculum=which, determined=True, reason=reason)


def _undetermined(by: str, portfolio: Portfolio, why: str) -> CurriculumChoice:
    reason = f"undetermined: {why}; {portfolio.default} is the portfolio's default"
    return CurriculumChoice(by=by, curriculum=portfolio.default, determined=False, reason=reason)


def _solved(probe: Probe, tier: Tier) -> Estimate:
    found = probe.tiers.get(tier)
    if found is None or found.solved is None:
        raise RecipeError(f"the probe has no graded sample on the {tier} tier, which the rule needs")
    return found.solved


def _distance(probe: Probe, rates: dict[Tier, float]) -> float:
    """Root mean square difference of pass rates, in [0, 1].

    Raises:
        RecipeError: the probe lacks a tier.
    """
    squares = []
    for tier, rate in rates.items():
        found = probe.tiers.get(tier)
        if found is None or found.pass_rate is None:
            raise RecipeError(f"the probe has no graded test on the {tier} tier, which the recorded gains need")
        squares.append((found.pass_rate.value - rate) ** 2)
    return math.sqrt(math.fsum(squares) / len(squares))


def _ranked(scores: dict[str, float]) -> dict[str, float]:
    """Sort by score, best first; ties (within 1e-9) keep the order of the portfolio."""
    return dict(sorted(scores.items(), key=lambda item: -round(item[1], 9)))


def _crosses(estimate: Estimate, bound: float) -> bool:
    return estimate.low < bound <= estimate.high


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _interval(estimate: Estimate) -> str:
    return f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"
