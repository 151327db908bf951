"""Hypothesis strategies for problems and for rows of the published TAROT shape."""

import json

from hypothesis import strategies as st

from tarot_bench.dataset import Contamination, Entry, Flag, Measurement, Provenance, TestFacts
from tarot_bench.dataset.entry import ValidatorTrial, Vote, WrongProgram
from tarot_bench.problem import (
    TIERS,
    Checker,
    GeneratedInput,
    GeneratorProgram,
    Limits,
    Origin,
    Problem,
    TestCase,
    Tier,
    sha256,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
maybe_text = st.none() | st.text()


programs = st.lists(
    st.builds(GeneratorProgram, name=st.text(), source=st.text()), max_size=2, unique_by=lambda p: p.name
)


@st.composite
def _case(draw, kind, tier, names):
    """A test that was written, or generated; then its input is stored or not."""
    texts = {"stdin": (st.text(), st.text()), "call": (st.just("[1]"), json_values.map(json.dumps))}
    given, output = map(draw, texts[kind])
    recipe = None
    if names and given and draw(st.booleans()):
        program, seed = draw(st.sampled_from(names)), draw(st.integers(0, 99))
        recipe = GeneratedInput(program=program, seed=seed, digest=sha256(given), size=len(given.encode()))
        given = draw(st.sampled_from(["", given]))
    fields = {"input": given, "output": output, "reason": draw(maybe_text), "kind": kind, "generated": recipe}
    return TestCase(tier=draw(tier), **fields)


def _tests(kind, tier, names, **sizes):
    return st.lists(_case(kind, tier, names), max_size=4, **sizes).map(tuple)


@st.composite
def problems(draw, most_programs=2):
    """Any problem of either style, some of its inputs generated."""
    style = draw(st.sampled_from(["stdin", "function"]))
    kind = "stdin" if style == "stdin" else "call"
    generators = tuple(draw(programs))[:most_programs]
    names = [program.name for program in generators]
    return Problem(
        id=draw(st.text(min_size=1)),
        statement=draw(st.text()),
        solution=draw(maybe_text),
        style=style,
        entry_point="solve" if style == "function" else None,
        starter_code=draw(maybe_text),
        tests=draw(_tests(kind, st.sampled_from(Tier), names, min_size=1)),
        original_tests=draw(_tests(kind, st.none(), names)),
        generator_programs=generators,
        limits=draw(st.builds(Limits, cpu_s=st.floats(0.1, 60), memory_mib=st.integers(64, 4096))),
        checker=draw(st.sampled_from([Checker(), Checker(kind="tokens"), Checker(kind="program", program="exit(0)")])),
        origin=draw(
            st.builds(
                Origin,
                source=st.text(),
                id=maybe_text,
                license=maybe_text,
                extra=st.dictionaries(st.text(), json_values, max_size=3),
            )
        ),
    )


_shares = st.floats(0, 1)
_counts = st.integers(0, 2**40)
_measurements = st.builds(
    Measurement,
    input_chars=st.none() | _counts,
    steps=st.none() | _counts,
    kill_rate=st.none() | _shares,
    gold_cpu_s=st.none() | st.floats(0, 1e6),
)
_provenances = st.builds(
    Provenance, generator=st.text(), prompt_digest=maybe_text, request_id=maybe_text, round=st.integers(0, 9)
)

_flags = st.builds(
    Flag,
    stage=st.text(),
    reason=st.text(),
    detail=st.text(),
    tier=st.none() | st.sampled_from(TIERS),
    input=maybe_text,
    expected=maybe_text,
    got=maybe_text,
)


_trials = st.builds(ValidatorTrial, **dict.fromkeys(ValidatorTrial.model_fields, st.integers(0, 99)))


@st.composite
def entries(draw):
    """Any entry; its facts are none at all, or say something of a test."""
    problem = draw(problems())
    votes = st.lists(st.builds(Vote, voter=st.text(), agrees=st.booleans()), max_size=3).map(tuple)
    fact = st.builds(TestFacts, provenance=st.none() | _provenances, votes=votes, measurement=_measurements)
    facts = draw(st.lists(fact, min_size=len(problem.tests), max_size=len(problem.tests)))
    return Entry(
        problem=problem,
        facts=facts if any(known != TestFacts() for known in facts) else (),
        validator=draw(maybe_text),
        validator_trial=draw(st.none() | _trials),
        wrong=draw(st.lists(st.builds(WrongProgram, source=st.text(), origin=st.text()), max_size=2)),
        flags=draw(st.lists(_flags, max_size=3)),
        contamination=draw(st.none() | st.builds(Contamination, score=_shares, jaccard=_shares, match=maybe_text)),
    )


labels = st.sampled_from([None, "basic", "medium", "high", "edge", "intermediate", "complex"])
fences = st.sampled_from(["```python\n{}\n```", "```python\n{}```\n", "```py\r\n{}\r\n```", "\n```\n{}", "{}"])


@st.composite
def _cases(draw):
    case = {"input": draw(st.text()), "output": draw(st.text()), "type": "stdin_stdout"}
    if draw(st.booleans()):
        case |= {"label": draw(labels), "reason": draw(maybe_text)}
    return case


@st.composite
def _call_cases(draw):
    arguments, returned = draw(st.lists(json_values, max_size=3)), draw(json_values)
    as_text = draw(st.booleans())
    return {
        "fn_name": "solve",
        "input": json.dumps(arguments) if as_text else arguments,
        "output": json.dumps(returned) if as_text else returned,
        "type": "function_call",
        "label": draw(labels),
    }


def _gold():
    return st.none() | st.builds(lambda fence, code: fence.format(code), fences, st.text())


@st.composite
def tarot_rows(draw):
    """Rows of the published shape, with every liberty that was seen or is likely: orders, nulls, other columns."""
    cases = draw(st.lists(_cases(), min_size=1, max_size=6) | st.lists(_call_cases(), min_size=1, max_size=6))
    row = {
        "source": draw(maybe_text),
        "task_type": "verifiable_code",
        "in_source_id": draw(maybe_text),
        "problem": draw(st.text()),
        "gold_standard_solution": draw(_gold()),
        "verification_info": {"language": "python", "test_cases": cases},
        "metadata": draw(st.none() | st.fixed_dictionaries({"difficulty": maybe_text, "problem_url": maybe_text})),
        "problem_id": draw(st.text(min_size=1) | st.integers()),
        "custom_id": draw(maybe_text),
    }
    row |= draw(st.dictionaries(st.text(), json_values, max_size=2).filter(lambda more: not more.keys() & row.keys()))
    return dict(draw(st.permutations(list(row.items()))))
