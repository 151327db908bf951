"""Whatever a service answers with status 200 is an answer, a failure of the service, or no answer of its API."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.models.answers import (
    FailedAnswerError,
    NotAnAnswerError,
    body_of_row,
    finish_reason,
    read_chat,
    read_message,
    read_response,
)
from tarot_bench.verdict import Completion, SampleOutcome, Usage

CODE = "print(6 * 7)"


def chat(content=CODE, reason="stop", *, usage=None, choice=None, **message):
    answer = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": reason}
    return json.dumps({"choices": [answer | (choice or {})], "usage": usage}).encode()


def said(*parts, **message):
    return read_chat(chat(list(parts), **message)).text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": CODE}], CODE),
        ([{"type": "output_text", "text": CODE}], CODE),
        ([{"type": "text", "text": "print("}, {"type": "text", "text": "6 * 7)"}], CODE),
        ([CODE], CODE),
        ([{"text": CODE}], CODE),
        ([{"type": ["text"], "text": CODE}], CODE),
        ({"type": "text", "text": CODE}, CODE),
        ([[{"type": "text", "text": CODE}]], CODE),
        ([{"type": "text", "text": None}, None, {"type": "text", "text": CODE}], CODE),
        ([{"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": CODE}], CODE),
        ([], ""),
        (None, ""),
        (42, "42"),
        (4.5, "4.5"),
    ],
)
def test_content_of_any_shape_is_its_text(content, text):
    assert read_chat(chat(content)).text == text


@pytest.mark.parametrize(
    "part",
    [
        {"type": "thinking", "thinking": "six by seven"},
        {"type": "thinking", "thinking": [{"type": "text", "text": "six by seven"}]},
        {"type": "reasoning", "text": "six by seven"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "six by seven"}]},
        {"type": "text", "text": "six by seven", "thought": True},
    ],
)
def test_thinking_parts_are_the_reasoning_and_text_parts_the_answer(part):
    assert said(part, {"type": "text", "text": CODE}) == f"<think>\nsix by seven\n</think>\n\n{CODE}"


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("value", ["hm", ["h", "m"], [{"type": "text", "text": "hm"}], {"text": "hm"}])
def test_reasoning_in_a_field_of_its_own_has_any_shape_too(field, value):
    assert read_chat(chat(**{field: value})).text == f"<think>\nhm\n</think>\n\n{CODE}"


@pytest.mark.parametrize(
    "reason",
    [
        "length",
        "max_tokens",
        "model_length",
        "MAX_TOKENS",
        "max_output_tokens",
        "Length",
        "model_context_window_exceeded",
    ],
)
@pytest.mark.parametrize("read", [read_chat, read_message])
def test_every_word_for_cut_at_the_limit_is_length(reason, read):
    body = {
        "choices": [{"message": {"content": CODE}, "text": CODE, "finish_reason": reason}],
        "content": [{"type": "text", "text": CODE}],
        "stop_reason": reason,
    }
    assert read(json.dumps(body).encode()).finish_reason == "length"


@pytest.mark.parametrize(
    ("said", "reason"), [(None, None), (7, "7"), (["stop"], None), ({}, None), ("x" * 999, "x" * 64)]
)
def test_a_finish_reason_of_any_type_is_a_short_word_or_none(said, reason):
    assert finish_reason(said) == reason


@pytest.mark.parametrize("reason", ["error", "ERROR", "network_error", "abort", "aborted", "server_error", "failed"])
def test_an_ending_of_the_services_own_making_is_no_answer(reason):
    with pytest.raises(FailedAnswerError, match="ended with"):
        read_chat(chat("n = int(inp", reason))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": {"code": 429, "message": "slow down"}}, 429),
        ({"error": {"message": "upstream"}}, 502),
        ({"error": "upstream"}, 502),
        ({"error": {"code": "rate_limited"}, "choices": [{"message": {"content": CODE}}]}, 502),
        ({"choices": [{"message": {"content": CODE}, "error": {"code": 503, "message": "closed"}}]}, 503),
        ({"choices": [{"message": {"content": CODE}, "error": "closed"}]}, 502),
        ([{"error": {"code": 500, "message": "internal"}}], 500),
        ({"choices": [{"message": None}]}, 502),
        ({"choices": [{"finish_reason": "stop"}]}, 502),
        ({"choices": [{"message": True}]}, 502),
        ({"choices": [None]}, 502),
        ({"choices": []}, 502),
        ({"choices": None}, 502),
        ({"choices": {"0": {}}}, 502),
        ({}, 502),
        (None, 502),
        ([], 502),
        (5, 502),
        ("text", None),
    ],
)
def test_a_failure_inside_a_200_is_the_services(body, status):
    with pytest.raises((FailedAnswerError, NotAnAnswerError)) as caught:
        read_chat(json.dumps(body).encode())
    assert getattr(caught.value, "status", None) == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n" * 6,
        b"  \t ",
        b'{"choices": [{"mess',
        b"<html><body>502 Bad Gateway</body></html>",
        b"data: [DONE]\n",
        b"\xff",
    ],
)
@pytest.mark.parametrize("read", [read_chat, read_message, read_response, body_of_row])
def test_a_blank_or_cut_body_or_a_page_is_no_answer(body, read):
    with pytest.raises(NotAnAnswerError):
        read(body)


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 5}, (3, 5)),
        ({"prompt_tokens": 3.0, "completion_tokens": 5.5}, (3, 5)),
        ({"input_tokens": 3, "output_tokens": 5}, (3, 5)),
        ({"input_tokens": 3, "cache_read_input_tokens": 40, "cache_creation_input_tokens": None}, (43, 0)),
        ({"prompt_tokens": "3", "completion_tokens": None}, (0, 0)),
        ({"prompt_tokens": -3, "completion_tokens": True}, (0, 0)),
        ({"prompt_tokens": 10**400, "completion_tokens": [5]}, (0, 0)),
        (None, (0, 0)),
        ([], (0, 0)),
        ("many", (0, 0)),
        (7, (0, 0)),
    ],
)
def test_usage_of_any_type_is_counted_or_left_out(usage, counted):
    answer = read_chat(chat(usage=usage))
    assert answer.usage == Usage(input_tokens=counted[0], output_tokens=counted[1])
    assert answer.text == CODE


def test_a_usage_that_is_not_finite_is_left_out():
    body = chat().replace(b'"usage": null', b'"usage": {"prompt_tokens": NaN, "completion_tokens": Infinity}')
    assert read_chat(body).usage == Usage()


@pytest.mark.parametrize(
    "body",
    [
        chat(None, refusal="I cannot help with that."),
        chat("", refusal="I cannot help with that."),
        chat([{"type": "refusal", "refusal": "I cannot help with that."}]),
        chat("I cannot help with that.", "refusal"),
        chat([], refusal=[{"text": "I cannot help with that."}]),
    ],
)
def test_a_refusal_is_the_models_own_answer_under_its_own_name(body):
    answer = read_chat(body)
    assert (answer.outcome, answer.text) == (SampleOutcome.DECLINED_BY_MODEL, "I cannot help with that.")
    assert answer.outcome.is_the_models


@pytest.mark.parametrize("reason", ["content_filter", "SAFETY", "RECITATION", "PROHIBITED_CONTENT", "sensitive"])
def test_a_filtered_answer_is_stored_and_is_not_the_models(reason):
    answer = read_chat(chat("n = int(", reason))
    assert (answer.outcome, answer.text, answer.finish_reason) == (
        SampleOutcome.FILTERED_BY_SERVICE,
        "n = int(",
        reason,
    )
    assert not answer.outcome.is_the_models


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_any_encoding_of_json_is_read(encoding):
    body = json.dumps({"choices": [{"message": {"content": "Ω→\u2028x"}}]}, ensure_ascii=False)
    assert read_chat(body.encode(encoding)).text == "Ω→\u2028x"


def test_bytes_that_are_no_utf8_cost_a_character_and_not_the_answer():
    assert read_chat(chat("caf?").replace(b"?", b"\xe9")).text == "caf\ufffd"


def test_lone_surrogates_anywhere_can_be_journalled():
    answer = read_chat(rb'{"choices": [{"message": {"content": "a\ud800"}, "finish_reason": "\udfff"}]}')
    made = Completion(problem_id="p", index=0, model="m", text=answer.text, finish_reason=answer.finish_reason)
    assert Completion.model_validate_json(made.model_dump_json()) == made


def test_a_message_as_text_and_a_text_where_a_message_is_due_are_read():
    assert read_chat(json.dumps({"choices": [{"message": CODE}]}).encode()).text == CODE
    assert read_chat(json.dumps({"choices": [{"text": CODE}]}).encode()).text == CODE
    assert read_chat(json.dumps({"choices": [{"message": None, "text": CODE}]}).encode()).text == CODE


def test_the_messages_api_has_the_same_freedom():
    for content in (CODE, [CODE], {"type": "text", "text": CODE}, [{"type": "text", "text": CODE}, None]):
        assert read_message(json.dumps({"content": content, "stop_reason": "end_turn"}).encode()).text == CODE
    declined = read_message(json.dumps({"content": [], "stop_reason": "refusal"}).encode())
    assert declined.outcome is SampleOutcome.DECLINED_BY_MODEL
    for body in ({"type": "error", "error": {"type": "overloaded_error"}}, {"content": None}, {"type": "error"}, [], 3):
        with pytest.raises(FailedAnswerError):
            read_message(json.dumps(body).encode())


def response(*output, **fields):
    return json.dumps({"id": "resp_1", "status": "completed", "output": list(output), "usage": None} | fields).encode()


def test_the_responses_api_is_read_alike():
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    message = {"type": "message", "content": [{"type": "output_text", "text": CODE}]}
    answer = read_response(response(thought, message, usage={"input_tokens": 3, "output_tokens": 5}))
    assert (answer.text, answer.finish_reason) == (f"<think>\nhm\n</think>\n\n{CODE}", "stop")
    assert (answer.id, answer.usage) == ("resp_1", Usage(input_tokens=3, output_tokens=5))
    cut = read_response(response(message, status="incomplete", incomplete_details={"reason": "max_output_tokens"}))
    assert cut.finish_reason == "length"
    declined = read_response(response({"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}))
    assert (declined.text, declined.outcome) == ("No.", SampleOutcome.DECLINED_BY_MODEL)
    filtered = read_response(response(status="incomplete", incomplete_details={"reason": "content_filter"}))
    assert filtered.outcome is SampleOutcome.FILTERED_BY_SERVICE


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "failed", "error": {"code": "server_error", "message": "sorry"}}, None),
        ({"status": "failed"}, "ended with 'failed'"),
        ({"output": None}, "without output"),
    ],
)
def test_a_response_that_failed_is_the_services_and_its_tokens_count(fields, said):
    with pytest.raises(FailedAnswerError, match=said) as caught:
        read_response(response(usage={"input_tokens": 3, "output_tokens": 5}, **fields))
    assert caught.value.usage.output_tokens == (5 if fields == {"status": "failed"} else 0)


@pytest.mark.parametrize(
    "row",
    [
        {"custom_id": "k", "response": {"status_code": 200, "body": json.loads(chat())}, "error": None},
        {"custom_id": "k", "result": {"type": "succeeded", "message": json.loads(chat())}},
    ],
    ids=["openai", "anthropic"],
)
def test_the_row_of_a_batch_holds_an_answer(row):
    assert read_chat(body_of_row(json.dumps(row).encode())).text == CODE


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"response": {"status_code": 400, "body": {"error": {"message": "no"}}}}, 400),
        ({"response": None, "error": {"code": "batch_expired", "message": "late"}}, None),
        ({"result": {"type": "expired"}}, None),
        ({"result": {"type": "errored", "error": {"type": "error", "error": {"type": "api_error"}}}}, None),
        ({"result": {"type": "succeeded"}}, 502),
        ({}, None),
        ([], 502),
    ],
)
def test_a_row_without_an_answer_says_why(row, status):
    with pytest.raises(FailedAnswerError) as caught:
        body_of_row(json.dumps(row).encode())
    assert caught.value.status == status


def nested(depth: int, key: str) -> bytes:
    return b'{"choices": [{"message": {"%s": ' % key.encode() + b"[" * depth + b"]" * depth + b"}}]}"


@pytest.mark.parametrize("depth", [5, 500, 100_000])
def test_depth_is_no_trap(depth):
    try:
        assert read_chat(nested(depth, "content")).text == ""
    except NotAnAnswerError:
        assert depth == 100_000, "json itself gives up"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["error", "length"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "content", "error", "code", "message", "refusal", "thinking", "thought"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "choices": values
        | st.lists(
            st.fixed_dictionaries(
                {}, optional={"message": values, "text": values, "finish_reason": values, "error": values}
            ),
            max_size=2,
        ),
        "content": values,
        "output": values,
        "status": values,
        "incomplete_details": values | st.fixed_dictionaries({"reason": values}),
        "stop_reason": values,
        "usage": values | st.fixed_dictionaries({"prompt_tokens": values, "output_tokens": values}),
        "error": values,
        "type": values,
    },
)


@given(body=bodies | values, read=st.sampled_from([read_chat, read_message, read_response]))
def test_any_json_gives_an_answer_that_can_be_stored_or_one_of_two_errors(body, read):
    try:
        answer = read(json.dumps(body).encode())
    except (FailedAnswerError, NotAnAnswerError):
        return
    made = Completion(
        problem_id="p",
        index=0,
        model="m",
        text=answer.text,
        finish_reason=answer.finish_reason,
        usage=answer.usage,
        outcome=answer.outcome,
    )
    assert Completion.model_validate_json(made.model_dump_json()) == made


@given(
    st.dictionaries(
        st.sampled_from(["custom_id", "response", "result", "error"]),
        values | st.fixed_dictionaries({}, optional={"type": st.just("succeeded"), "message": values, "body": values}),
    )
)
def test_any_row_holds_a_body_or_is_an_error(row):
    try:
        assert isinstance(body_of_row(json.dumps(row).encode()), dict)
    except (FailedAnswerError, NotAnAnswerError):
        return


@given(st.binary(max_size=60))
def test_any_bytes_give_one_of_two_errors(data):
    with pytest.raises((FailedAnswerError, NotAnAnswerError)):
        read_chat(data)
