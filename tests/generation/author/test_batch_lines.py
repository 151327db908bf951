"""Rows of a batch's results end at line feeds only: what JSON may hold as it is never splits a paid row."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.models.batch import rows_of
from tests.generation.author.helpers import draft, settings, suite, wanted
from tests.servers.author_llm import AuthorServer

SEPARATORS = ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]


def read(data: bytes, size: int) -> list:
    async def chunks():
        for start in range(0, len(data), size):
            yield data[start : start + size]

    async def collect():
        return [row async for row in rows_of(chunks())]

    return asyncio.run(collect())


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_a_row_may_hold_any_other_line_end(separator, size):
    escape = separator if separator >= "\x20" else json.dumps(separator)[1:-1]
    lines = [f'{{"custom_id": "k{n}", "text": "a{escape}b"}}' for n in range(3)]
    rows = read(("\n".join(lines) + "\n\n").encode(), size)
    assert [key for key, _ in rows] == ["k0", "k1", "k2"]
    assert [json.loads(row)["text"] for _, row in rows] == [f"a{separator}b"] * 3


@given(texts=st.lists(st.text(), max_size=5), size=st.integers(1, 40), ending=st.sampled_from(["\n", "\r\n", ""]))
def test_every_row_arrives_whatever_the_chunks(texts, size, ending):
    lines = [json.dumps({"custom_id": f"k{n}", "text": text}, ensure_ascii=False) for n, text in enumerate(texts)]
    data = ("\n".join(lines) + ending).encode("utf-8", "surrogatepass")
    assert [key for key, _ in read(data, size)] == [f"k{n}" for n in range(len(texts))]


@pytest.mark.parametrize("line", [b"{", b"[]", b"null", b'{"custom_id": 3}', b"\xff\xfe", b"[" * 100_000])
def test_a_row_that_cannot_be_read_has_an_empty_key(line):
    assert read(line, 7) == [("", line)]


@pytest.mark.parametrize("provider", ["openai-responses", "openai-chat", "anthropic"])
@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_batch_whose_answers_hold_such_characters_is_collected_whole(provider, separator, tmp_path):
    class Raw(AuthorServer):
        """Sends results as many services do: JSON with its characters as they are."""

        def _create(self, api, requests):
            made = super()._create(api, requests)
            made.lines = [json.dumps(json.loads(line), ensure_ascii=False) for line in made.lines]
            assert all(separator in line for line in made.lines)
            return made

    def answer(prompt):
        said = json.loads(suite(prompt))
        said["tests"][0]["reason"] = f"one{separator}two"
        return json.dumps(said, ensure_ascii=False)

    with Raw(answer) as server:
        made = draft(settings(provider, server.url, mode="batch", poll_s=0.01), tmp_path, wanted(3))
    assert [drafted.reason for drafted in made] == [None] * 3
    assert [len(drafted.tests) for drafted in made] == [4] * 3
