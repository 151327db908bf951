"""Pages: self-contained, compressed, and safe with any text."""

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.pages.chunks import Chunk
from tarot_bench.pages.page import ASSETS, Markup, escaped, page, paragraph, section, table

HOSTILE = "</script><script>alert(1)</script><!--<script>\x1b[31m\u202e &amp; \"'"


class Reader(HTMLParser):
    """The scripts of a page, its tags with attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            attributes, text = self.scripts.pop()
            self.scripts.append((attributes, text + data))
        else:
            self.texts.append(data)


def made(**given) -> str:
    return "".join(page("A page", [paragraph("Hello.")], **given))


def test_hostile_text_is_neither_markup_nor_the_end_of_a_script():
    body = [paragraph(HOSTILE), section(HOSTILE, table([HOSTILE], [[HOSTILE]]), name=HOSTILE)]
    plain = Reader("".join(page(HOSTILE, body, data={"text": HOSTILE}, chunks=[Chunk.of('a"><b>', HOSTILE)])))
    ordinary = Reader(
        "".join(
            page(
                "x",
                [paragraph("x"), section("x", table(["x"], [["x"]]), name="x")],
                data={},
                chunks=[Chunk.of("a", "x")],
            )
        )
    )
    assert [tag for tag, _ in plain.tags] == [tag for tag, _ in ordinary.tags]
    held = next(text for attributes, text in plain.scripts if attributes.get("id") == "data")
    assert json.loads(held) == {"text": HOSTILE}
    assert "".join(plain.texts).count(HOSTILE) == 6  # title, h1, p, h2, th, td


@given(
    st.recursive(
        st.text() | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_chunk_gives_back_what_was_put_in(data):
    chunk = Chunk.of("name", data)
    assert json.loads(gzip.decompress(base64.b64decode(chunk.text))) == data
    assert chunk == Chunk.of("name", data)
    assert re.fullmatch("[A-Za-z0-9+/=]+", chunk.text)


def test_half_of_a_surrogate_pair_is_written_as_an_escape():
    plain = gzip.decompress(base64.b64decode(Chunk.of("name", "a\ud800b").text))
    assert json.loads(plain) == "a\ud800b"
    assert b"\\ud800" in plain


def test_only_the_scripts_of_the_page_may_run_and_nothing_may_be_loaded():
    found = Reader(made())
    policy = next(attributes["content"] for tag, attributes in found.tags if attributes.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in policy
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    code = [text for attributes, text in found.scripts if "type" not in attributes]
    assert {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in code} == allowed
    links = [value for _, attributes in found.tags for name, value in attributes.items() if name in ("src", "href")]
    assert set(links) == {"#main", "data:,"}


def test_the_licences_of_the_embedded_libraries_are_in_the_page():
    text = "".join(Reader(made()).texts)
    licenses = sorted((ASSETS / "vendor").glob("*.LICENSE"))
    assert len(licenses) == 2
    for path in licenses:
        assert path.read_text().strip() in text


def test_every_embedded_library_has_its_licence_beside_it():
    stems = {path.name.partition(".")[0].partition("_")[0] for path in (ASSETS / "vendor").iterdir()}
    assert stems == {path.name.removesuffix(".LICENSE") for path in (ASSETS / "vendor").glob("*.LICENSE")}


def test_only_markup_is_inserted_as_it_is():
    assert escaped("<b>") == "&lt;b&gt;"
    assert escaped(Markup("<b>")) == "<b>"
    assert escaped(3) == "3"
