"""What an error answer means, for every dialect we know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.models.classify import Kind, classify, parsed, words_of

SENT = ("model", "messages", "temperature", "top_p", "seed", "max_tokens", "stop")


def error(message="no", **fields):
    return {"error": {"message": message, **fields}}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (
            400,
            error("This model's maximum context length is 2048 tokens.", code="context_length_exceeded"),
            "context_length",
        ),
        (400, {"object": "error", "message": "This model's maximum context length is 16 tokens"}, "context_length"),
        (400, error("'max_tokens' is too large: 4096. This model's maximum context length is 5000"), "context_length"),
        (
            400,
            {"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 9"}},
            "context_length",
        ),
        (422, {"detail": "Input is too long for requested model."}, "context_length"),
        (
            400,
            error("request (900 tokens) exceeds the available context size", type="exceed_context_size_error"),
            "context_length",
        ),
        (500, error("wrapped by a proxy", code="context_length_exceeded"), "context_length"),
        (400, error("The prompt was filtered.", code="content_filter"), "content_filter"),
        (400, error("x", innererror={"code": "ResponsibleAIPolicyViolation"}), "content_filter"),
        (
            400,
            error("Invalid prompt: flagged as potentially violating our usage policy", code="invalid_prompt"),
            "content_filter",
        ),
        (
            400,
            {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."},
            "content_filter",
        ),
        (403, error("Your chosen model requires moderation; your input was flagged", code=403), "content_filter"),
        (413, error("Request Entity Too Large"), "too_large"),
        (413, "<html>413</html>", "too_large"),
        (413, {"type": "error", "error": {"type": "request_too_large", "message": "too big"}}, "too_large"),
        (400, error("We could not parse the JSON body of your request. (not valid JSON)"), "bad_request"),
        (400, "Bad Request", "bad_request"),
        (400, [], "bad_request"),
        (400, None, "bad_request"),
        (422, {"detail": [{"loc": ["body", "messages", 0, "content"], "msg": "bad"}]}, "bad_request"),
        (403, "<html>blocked by the firewall</html>", "bad_request"),
    ],
)
def test_refusals_of_one_prompt_have_a_reason(status, body, reason):
    found = classify(status, body, SENT)
    assert (found.kind, found.name) == (Kind.REFUSED, reason)


@pytest.mark.parametrize(
    ("status", "body", "setting"),
    [
        (400, [error("Unknown name seed: Cannot find field.", status="INVALID_ARGUMENT")], "seed"),
        (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs"}]}, "seed"),
        (400, error("Unsupported value", param="temperature", code="unsupported_value"), "temperature"),
        (400, error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."), "max_tokens"),
        (400, error("`top_p` cannot be set together with `top_k`"), "top_p"),
        (400, error("Unsupported parameter: 'stop' is not supported with this model."), "stop"),
        (422, {"message": {"detail": [{"loc": ["body", "temperature"], "msg": "too high"}]}}, "temperature"),
    ],
)
def test_a_setting_that_is_refused_is_named(status, body, setting):
    found = classify(status, body, SENT)
    assert (found.kind, found.name) == (Kind.PARAMETER, setting)


def test_a_setting_that_was_not_sent_is_not_blamed():
    assert classify(400, error("Unknown name seed"), ("model", "messages")).name == "bad_request"
    assert classify(400, error("please stop sending this model such prompts"), SENT).name == "bad_request"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, error("Insufficient Balance")),
        (429, error("x", type="insufficient_quota")),
        (429, error("x", code="exceeded_current_quota_error")),
        (400, {"code": "Arrearage", "message": "Access denied"}),
        (400, error("Your credit balance is too low to access the API.")),
        (403, {"code": "x", "error": "Your team has used all available credits"}),
        (403, error("insufficient balance")),
        (200, error("x", code="insufficient_quota")),
    ],
)
def test_an_empty_account_is_known_by_code_or_words(status, body):
    assert classify(status, body).kind is Kind.NO_CREDIT


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, error("You exceeded your current quota, please check your plan and billing details."), Kind.TRANSIENT),
        (429, error("Add a payment method; no credit card on file", code="rate_limit_exceeded"), Kind.TRANSIENT),
        (408, None, Kind.TRANSIENT),
        (500, "<html>", Kind.TRANSIENT),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, Kind.TRANSIENT),
        (200, {}, Kind.TRANSIENT),
        (401, error("bad key"), Kind.KEY),
        (403, error("not allowed for this key"), Kind.KEY),
        (404, error("nothing here"), Kind.UNKNOWN),
        (400, error("Model Not Exist"), Kind.UNKNOWN),
        (400, error("foo/bar is not a valid model ID"), Kind.UNKNOWN),
        (400, error("x", code="model_not_found"), Kind.UNKNOWN),
        (400, {"message": "Invalid model: foo", "type": "invalid_model"}, Kind.UNKNOWN),
    ],
)
def test_other_failures_concern_all_requests_or_pass(status, body, kind):
    assert classify(status, body, SENT).kind is kind


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (429, error("slow down"), "rate-limited"),
        (503, error("busy"), "server-error"),
        (529, error("busy", type="overloaded_error"), "server-error"),
        (504, "<html>504 Gateway Time-out</html>", "timed-out"),
        (None, error("x", type="rate_limit_error"), "rate-limited"),
        (None, error("x", type="timeout_error"), "timed-out"),
        (None, error("x", type="overloaded_error"), "server-error"),
        (None, error("x", type="api_error"), "server-error"),
        (None, error("x", code="batch_expired"), "expired"),
        (None, error("x", code="batch_cancelled"), "canceled"),
        (None, {"type": "expired"}, "expired"),
        (None, {"type": "canceled"}, "canceled"),
        (None, {}, "server-error"),
    ],
)
def test_a_failure_that_may_pass_has_a_name(status, body, name):
    failure = classify(status, body)
    assert (failure.kind, failure.name) == (Kind.TRANSIENT, name)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (error("prompt is too long: 9", type="invalid_request_error"), Kind.REFUSED),
        (error("Your credit balance is too low", type="invalid_request_error"), Kind.NO_CREDIT),
        (error("no", type="billing_error"), Kind.NO_CREDIT),
        (error("no", type="authentication_error"), Kind.KEY),
        (error("no", type="not_found_error"), Kind.UNKNOWN),
    ],
)
def test_an_error_of_a_batchs_row_is_known_by_its_type(body, kind):
    assert classify(None, body).kind is kind


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (error("one\ntwo"), "one two"),
        ([error("in a list"), error("and more")], "in a list; and more"),
        ({"detail": "plain"}, "plain"),
        (
            {"detail": [{"loc": ["body", "seed"], "msg": "no"}, {"loc": ["body"], "msg": "at all"}]},
            "body.seed: no; body: at all",
        ),
        ({"error": "text"}, "text"),
        ({"message": "top"}, "top"),
        ({"errors": [{"message": "first"}]}, "first"),
        ("<html>  page </html>", "<html> page </html>"),
        ({"strange": 1}, '{"strange": 1}'),
        (None, "null"),
    ],
)
def test_the_services_own_words_are_found_in_every_shape(body, words):
    assert words_of(body) == words


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "type", "param", "loc", "msg"]), inner, max_size=4
        )
    ),
)


@given(status=st.integers(100, 599), body=json_values)
def test_every_error_body_is_understood(status, body):
    found = classify(status, body, SENT)
    assert len(found.words) <= 300
    assert "\n" not in found.words
    assert (found.kind in {Kind.REFUSED, Kind.PARAMETER, Kind.TRANSIENT}) == bool(found.name)


@given(st.binary(max_size=80))
def test_every_body_can_be_parsed(data):
    classify(400, parsed(data), SENT)
