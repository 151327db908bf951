"""Keys of verifiers: Ed25519, as PEM files. A public key is a ``.pub`` file beside its private key."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tarot_bench.atomic import make_folder, write_atomically
from tarot_bench.errors import RunError, UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_MOST_BYTES = 4096


def _cryptography() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise UserError('signatures need the package cryptography: pip install "tarot-bench[leaderboard]"') from None


class Signer:
    """A private key."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key

    @property
    def public(self) -> str:
        """The public key: 32 bytes, hex."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """Sign a message; the signature is hex."""
        return self._key.sign(message).hex()


def generate_key(path: Path) -> Path:
    """Make a key pair: `path`, which only its owner can read, and ``path.pub``.

    Returns:
        The path of the public key.

    Raises:
        RunError: a file is there already, or cannot be written.
        UserError: cryptography is not installed.
    """
    _cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    public = path.with_name(path.name + ".pub")
    if public.exists():
        raise RunError(f"{public} exists; choose another name, so that what it signed stays valid")
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        make_folder(path.parent)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(secret)
    except FileExistsError:
        raise RunError(f"{path} exists; choose another name, so that what it signed stays valid") from None
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror}") from None
    write_atomically(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def read_signer(path: Path) -> Signer:
    """Read a private key.

    Raises:
        RunError: it cannot be read, or is no Ed25519 key.
        UserError: cryptography is not installed.
    """
    _cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_read(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise RunError(f"{path} is no private key of `tarot-bench leaderboard keygen`")
    return Signer(key)


def read_public_keys(folder: Path) -> dict[str, str]:
    """The public keys of all ``.pub`` files of a folder (hex), each with its file's name.

    Raises:
        RunError: there are none, or a file is no Ed25519 key.
        UserError: cryptography is not installed.
    """
    _cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.pub")):
        try:
            key = load_pem_public_key(_read(path))
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise RunError(f"{path} is no public key of `tarot-bench leaderboard keygen`")
        found[key.public_bytes_raw().hex()] = path.name
    if not found:
        raise RunError(f"{folder} holds no public key (*.pub); make one with `tarot-bench leaderboard keygen`")
    return found


def is_signed(message: bytes, signature: str, public: str) -> bool:
    """Whether a signature (hex) of a message was made with the private key of this public key (hex)."""
    _cryptography()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}") from None
