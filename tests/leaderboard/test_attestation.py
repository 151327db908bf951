"""Signatures: what was signed is read back, and nothing else is."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.errors import DataError, RunError
from tarot_bench.leaderboard.attestation import Verification, capped, read_attestation, write_attestation
from tarot_bench.leaderboard.findings import Check, Finding
from tarot_bench.leaderboard.keys import generate_key, read_public_keys, read_signer

FOUND = Verification(
    bundle="0" * 64, model="a/b", model_card=None, command="x", samples=1, sampling={"temperature": 0.1},
    settings_digest="d", submitted_with={}, created="c", verified=True, regraded=1, sandbox={"level": "full"},
    versions={}, at="t",
)  # fmt: skip


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    generate_key(folder / "keys/one")
    generate_key(folder / "other/two")
    write_attestation(FOUND, read_signer(folder / "keys/one"), folder / "a.json")
    return folder


def test_what_was_signed_is_read_back(signed):
    assert read_attestation(signed / "a.json", read_public_keys(signed / "keys")) == FOUND


def test_an_unknown_key_is_one_line(signed):
    with pytest.raises(DataError, match="signed by an unknown key"):
        read_attestation(signed / "a.json", read_public_keys(signed / "other"))


CHANGES = {
    "a number": lambda a: a["payload"].update(samples=2),
    "the verdict": lambda a: a["payload"].update(verified=False),
    "a float": lambda a: a["payload"]["sampling"].update(temperature=0.2),
    "an added default": lambda a: a["payload"].pop("suspicions"),
    "the signature": lambda a: a.update(signature="00" * 64),
    "a short signature": lambda a: a.update(signature="00"),
    "a signature that is no hex": lambda a: a.update(signature="zz"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_attestation_is_refused(name, signed, tmp_path):
    content = json.loads((signed / "a.json").read_text())
    CHANGES[name](content)
    (tmp_path / "b.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match="changed after it was signed"):
        read_attestation(tmp_path / "b.json", read_public_keys(signed / "keys"))


def test_its_layout_may_change(signed, tmp_path):
    content = json.loads((signed / "a.json").read_text())
    (tmp_path / "b.json").write_text(json.dumps(dict(reversed(content.items()))))
    assert read_attestation(tmp_path / "b.json", read_public_keys(signed / "keys")) == FOUND


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no attestation"),
        ("[]", "is no attestation"),
        ('{"format": "tarot-bench-attestation", "version": 2}', "newer than 1"),
        ('{"format": "tarot-bench-attestation", "version": 1}', "key: Field required"),
        ("[" * 5000, "is no attestation"),
    ],
)
def test_other_files_are_one_line(text, words, tmp_path):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match=words) as caught:
        read_attestation(tmp_path / "a.json", ["00"])
    assert "\n" not in str(caught.value)


@settings(max_examples=50)
@given(at=st.integers(0, 2000), byte=st.sampled_from(b'x0"{ '))
def test_no_changed_byte_changes_what_is_attested(signed, at, byte):
    content = bytearray((signed / "a.json").read_bytes())
    content[at % len(content)] = byte
    (signed / "c.json").write_bytes(content)
    with contextlib.suppress(DataError):
        assert read_attestation(signed / "c.json", read_public_keys(signed / "keys")) == FOUND


def test_keys_that_are_none_are_one_line(signed, tmp_path):
    (tmp_path / "x.pub").write_text("no key")
    with pytest.raises(RunError, match="no public key of"):
        read_public_keys(tmp_path)
    with pytest.raises(RunError, match="no private key of"):
        read_signer(tmp_path / "x.pub")
    with pytest.raises(RunError, match="holds no public key"):
        read_public_keys(tmp_path / "absent")
    with pytest.raises(RunError, match="no private key of"):
        read_signer(signed / "keys/one.pub")


def test_a_key_is_never_replaced_and_only_its_owner_can_read_it(signed):
    before = (signed / "keys/one").read_bytes()
    with pytest.raises(RunError, match="exists"):
        generate_key(signed / "keys/one")
    (signed / "keys/three.pub").write_text("x")
    with pytest.raises(RunError, match="exists"):
        generate_key(signed / "keys/three")
    (signed / "keys/three.pub").unlink()
    assert not (signed / "keys/three").exists()
    assert (signed / "keys/one").read_bytes() == before
    assert (signed / "keys/one").stat().st_mode & 0o077 == 0


def test_many_findings_of_one_check_are_counted():
    found = capped(Finding(check=Check.DATA, where=str(number), message="m") for number in range(50))
    assert len(found) == 21
    assert found[-1].message == "30 more findings of this check"
