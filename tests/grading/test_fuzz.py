"""Whatever a program returns, prints or writes by hand: every test gets a verdict, and nothing raises.

Set ``TAROT_FUZZ=20000`` to try that many values; a few hundred are tried by default.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarot_bench.grading import grade_code
from tarot_bench.grading.claims import expected_value
from tarot_bench.grading.compare import first_difference, same_output, same_value, text_of
from tarot_bench.grading.literal_suite import calls_of, judge
from tarot_bench.grading.showing import MAX_DETAIL, detail, shown_value
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.sandbox.values import EncodingError, decode_untrusted, encode
from tarot_bench.verdict import Verdict
from tests.grading.odd import EXPECTED, PRELUDE, expressions, printed, written

VALUES = int(os.environ.get("TAROT_FUZZ", "300"))
BATCH = 10
pytestmark = pytest.mark.timeout(max(300, VALUES))
LIMITS = Limits(cpu_s=5, wall_s=30, memory_mib=1024, output_kib=4096)
TEXTS = [Checker(kind=kind) for kind in ("lines", "tokens", "float", "unordered_lines")]
CHECKERS = [TEXTS[0], TEXTS[2], TEXTS[3]]
RETURNS = (
    PRELUDE + "import os\ndef f(how, text):\n    if how == 'value': return eval(text)\n"
    "    data = text.encode('latin-1')\n    while data: data = data[os.write(4, data):]\n    os._exit(0)\n"
)
PRINTS = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())"
CHECKER = "import json, sys\nq = json.load(sys.stdin)\nsys.exit(0 if float(q['output']) == 1 else 1)"

returned = st.tuples(st.just("value"), expressions) | st.tuples(
    st.just("raw"), written.map(lambda data: data.decode("latin-1"))
)
batches = st.lists(returned, min_size=BATCH, max_size=BATCH)
fuzz = settings(
    max_examples=max(
        1, VALUES // (3 * BATCH)
    ),  # for each of three routes; the others, whose tests take longer, get a few
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
direct = settings(max_examples=VALUES, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def graded(code, sandbox, tests, checker=TEXTS[0]):
    """Every test's verdict, none of which may be UNGRADED."""
    kind = tests[0].kind
    problem = Problem(
        id="fuzz",
        statement="",
        style="stdin" if kind == "stdin" else "function",
        entry_point=None if kind == "stdin" else "f",
        original_tests=tuple(tests),
        limits=LIMITS,
        checker=checker,
    )
    results = grade_code(problem, code, sandbox).results
    assert len(results) == len(tests)
    for result in results:
        assert result.verdict is not Verdict.UNGRADED, result.detail
        assert len(result.detail) <= MAX_DETAIL
        assert result.detail.isprintable()
        result.model_dump_json()
    return results


@fuzz
@given(batch=batches, expected=st.sampled_from(EXPECTED), checker=st.sampled_from(CHECKERS))
def test_a_call_gets_its_verdict_whatever_it_returns(batch, expected, checker, sandbox):
    tests = [TestCase(tier=None, kind="call", input=encode(list(given)).decode(), output=expected) for given in batch]
    graded(RETURNS, sandbox, tests, checker)


CLAIMS = ("{} == {!r}", "abs({} - 2.5) < 1e-6", "abs({} - 3) <= 1", "{}", "not {}", "{} is None")


@fuzz
@given(batch=batches, claim=st.sampled_from(CLAIMS), expected=st.sampled_from(EXPECTED))
def test_a_literal_suite_gets_its_verdict_whatever_its_answers(batch, claim, expected, sandbox):
    try:
        value = expected_value(expected).value
        suites = [f"def check(candidate):\n    assert {claim.format(f'candidate{given!r}', value)}" for given in batch]
        tests = [TestCase(tier=None, kind="suite", input=suite) for suite in suites if calls_of(suite, "f")]
    except UnicodeError:
        return
    if tests:
        graded(RETURNS, sandbox, tests)


@fuzz
@given(
    batch=st.lists(returned, min_size=2, max_size=2),
    use=st.sampled_from(["x == 3", "sorted(x)", "set(x) == {1}", "abs(x - 2.5) < 1e-6", "f'{x}'", "x in [1, {2: 3}]"]),
)
def test_a_suite_gets_its_verdict_whatever_its_candidate_answers(batch, use, sandbox):
    tests = [
        TestCase(
            tier=None, kind="suite", input=f"def check(candidate):\n    x = candidate{given!r}\n    assert {use}, x"
        )
        for given in batch
    ]
    graded(RETURNS, sandbox, tests)


@fuzz
@given(batch=st.lists(printed, min_size=BATCH, max_size=BATCH), expected=printed, checker=st.sampled_from(TEXTS))
def test_a_program_gets_its_verdict_whatever_it_prints(batch, expected, checker, sandbox):
    wanted = expected.decode(errors="replace")
    tests = [
        TestCase(tier=None, input=data.decode(errors="surrogateescape"), output=wanted) for data in batch if _text(data)
    ]
    if tests:
        graded(PRINTS, sandbox, tests, checker)


@settings(fuzz, max_examples=max(2, VALUES // 200))
@given(batch=st.lists(printed.filter(lambda data: _text(data)), min_size=2, max_size=2))
def test_a_checker_gets_its_verdict_whatever_is_printed(batch, sandbox):
    tests = [TestCase(tier=None, input=data.decode(), output="1") for data in batch]
    graded(PRINTS, sandbox, tests, Checker(kind="program", program=CHECKER))


@direct
@given(data=written, expected=st.sampled_from(EXPECTED), checker=st.sampled_from(CHECKERS))
def test_bytes_are_decoded_compared_and_shown_or_refused(data, expected, checker):
    try:
        value = decode_untrusted(data)
    except EncodingError:
        return
    assert same_value(expected_value(expected).value, value, checker) in (True, False)
    assert len(shown_value(value)) < 1000
    detail(shown_value(value)).encode()


@direct
@given(data=written, claim=st.sampled_from(CLAIMS))
def test_answers_are_judged_or_refused(data, claim):
    calls = calls_of(f"def check(candidate):\n    assert {claim.format('candidate(1)', [1, 2.5])}", "f")
    try:
        verdict, why = judge(calls, data)
    except EncodingError:
        return
    assert verdict in (Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)
    detail(why).encode()


@direct
@given(expected=printed, actual=printed, checker=st.sampled_from(TEXTS))
def test_outputs_are_compared_and_their_difference_told(expected, actual, checker):
    wanted, have = text_of(expected), text_of(actual)
    if not same_output(wanted, have, checker):
        assert detail(first_difference(wanted, have, checker)).isprintable()
    assert same_output(wanted, wanted, checker)


def _text(data: bytes) -> bool:
    """Whether a test's input can hold it."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("text", ["\ud800", "\x1b[31mred\x1b[0m", "a\u2028b\nc", "x" * 10_000, "\x00", "\u202e"])
def test_a_detail_is_one_printable_line_of_limited_length(text):
    assert detail(text).isprintable()
    assert len(detail(text)) <= MAX_DETAIL
