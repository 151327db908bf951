import json

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import Answer, open_model
from tarot_bench.verdict import Completion, Usage
from tests.models.helpers import ask, request


@pytest.fixture
def replay(tmp_path):
    def opened(*rows):
        path = tmp_path / "answers.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return open_model(f"replay:{path}")

    return opened


def test_our_own_completions_come_back_whole(replay):
    usage = Usage(input_tokens=3, output_tokens=5)
    kept = Completion(problem_id="p1", index=2, model="m", text="x\u2028y", finish_reason="length", usage=usage)
    (answer,) = ask(replay(kept.model_dump_json()), request(index=2))
    assert answer == Answer("x\u2028y", "length", usage)


@pytest.mark.parametrize("id_key", ["problem_id", "task_id"])
@pytest.mark.parametrize("text_key", ["text", "completion", "solution"])
def test_loose_rows_count_up_per_problem_in_file_order(replay, id_key, text_key):
    rows = [{id_key: name, text_key: text, "other": 1} for name, text in [("p1", "a"), ("q", "b"), ("p1", "c")]]
    answers = ask(replay(*rows), request(index=1), request(problem_id="q"), request(index=0))
    assert [answer.text for answer in answers] == ["c", "b", "a"]
    assert answers[0].finish_reason == "stop"


def test_the_runner_is_told_how_to_drive_it(replay):
    model = replay({"task_id": "p1", "text": "a"})
    assert (model.concurrency, model.batch_size) == (1, 8)


def test_blank_lines_are_no_rows(replay):
    (answer,) = ask(replay("", {"task_id": "p1", "text": "a"}, "   "))
    assert answer.text == "a"


def test_a_missing_sample_is_named_with_how_many_there_are(replay):
    with pytest.raises(ModelError, match=r"answers\.jsonl has 2 sample\(s\) of problem 'p1', and none with index 2"):
        ask(replay(*[{"task_id": "p1", "text": "a"}] * 2), request(index=2))
    with pytest.raises(ModelError, match=r"has 0 sample\(s\) of problem 'p1'"):
        ask(replay({"task_id": "q", "text": "a"}))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('{"task_id": "p1", "te', "Unterminated string"),
        ("[1, 2]", "expected a JSON object, found list"),
        ({"text": "a"}, "none of the keys problem_id, task_id"),
        ({"task_id": "p1"}, "none of the keys text, completion, solution"),
        ({"task_id": "p1", "text": None}, "text: Input should be a valid string"),
        ({"task_id": "p1", "text": "a", "index": "first"}, "index: "),
        ({"task_id": "p1", "text": "a", "index": -1}, "index: "),
        ({"task_id": "p1", "text": "a", "index": 0}, "a second sample 0 of problem 'p1'"),
    ],
)
def test_a_bad_line_is_named_by_file_and_number(replay, row, why):
    with pytest.raises(ModelError) as caught:
        replay({"task_id": "p1", "text": "fine"}, row)
    assert "answers.jsonl:2: " in str(caught.value)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ModelError, match="No such file"):
        open_model(f"replay:{tmp_path}/none.jsonl")


def test_a_file_that_is_not_text_is_one_line(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="reading recorded completions"):
        open_model(f"replay:{tmp_path}/binary")


@pytest.mark.parametrize("word", ["length", "max_tokens", "MAX_TOKENS", "model_length"])
def test_every_word_for_the_token_limit_is_understood_in_recordings_too(tmp_path, word):
    (tmp_path / "a.jsonl").write_text(json.dumps({"task_id": "p1", "completion": "x", "finish_reason": word}) + "\n")
    assert ask(open_model(f"replay:{tmp_path}/a.jsonl"))[0].finish_reason == "length"
