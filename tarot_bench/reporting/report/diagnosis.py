"""One sentence that says where a model fails, computed from the table of verdicts by tier."""

from tarot_bench.metrics.tiers import Metrics
from tarot_bench.problem import Tier
from tarot_bench.verdict import Verdict

_MEANING = {
    Verdict.WRONG_ANSWER: "wrong answers",
    Verdict.TIME_LIMIT: "programs that are too slow",
    Verdict.MEMORY_LIMIT: "programs that need too much memory",
    Verdict.OUTPUT_LIMIT: "programs that write too much",
    Verdict.RUNTIME_ERROR: "programs that crash",
    Verdict.COMPILE_ERROR: "programs that do not compile",
    Verdict.NO_CODE: "answers without code",
    Verdict.TRUNCATED: "answers that were cut at the token limit",
}


def diagnosis(metrics: Metrics) -> str:
    """Name the hardest tier, its most common failure, and whether the interval supports a robustness gap."""
    hardest = _hardest(metrics)
    if hardest is None:
        return "Nothing was graded yet."
    name, failed, verdicts = hardest
    total = sum(count for verdict, count in verdicts.items() if verdict is not Verdict.UNGRADED)
    if not failed:
        return "Every test of every graded sample passed."
    worst = max(_MEANING, key=lambda verdict: verdicts.get(verdict, 0))
    count = verdicts.get(worst, 0)
    share = f"{100 * failed / total:.1f} % of {total}"
    said = f"Most tests fail in {name}: {share}; {_share(count, failed)} {_MEANING[worst]}."
    return f"{said} {_gap(metrics)}".rstrip()


def _share(count: int, failed: int) -> str:
    return "all of these are" if count == failed else f"{100 * count / failed:.0f} % of these are"


def _hardest(metrics: Metrics) -> tuple[str, int, dict[Verdict, int]] | None:
    """The group with the largest share of failed tests: its name, failures and verdicts."""
    groups = {tier.value: group.verdicts for tier, group in metrics.tiers.items()}
    if metrics.original and not groups:
        groups["the original tests"] = metrics.original.verdicts
    found = []
    for name, verdicts in groups.items():
        total = sum(count for verdict, count in verdicts.items() if verdict is not Verdict.UNGRADED)
        if total:
            failed = total - verdicts.get(Verdict.PASSED, 0)
            found.append((failed / total, name, failed, verdicts))
    if not found:
        return None
    _, name, failed, verdicts = max(found, key=lambda group: group[0])
    return name, failed, verdicts


def _gap(metrics: Metrics) -> str:
    gap = metrics.robustness_gap
    if gap is None or not {Tier.BASIC, Tier.EDGE} <= metrics.tiers.keys():
        return ""
    points = f"{100 * gap.value:+.1f} pp [{100 * gap.low:+.1f}, {100 * gap.high:+.1f}]"
    turned = f"{-100 * gap.value:+.1f} pp [{-100 * gap.high:+.1f}, {-100 * gap.low:+.1f}]"
    if gap.low > 0:
        return f"Basic is passed more often than edge by {points}."
    if gap.high < 0:
        return f"Edge is passed more often than basic by {turned}."
    return f"Basic and edge differ by {points}, which includes 0."
