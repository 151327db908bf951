"""Encode plain Python values as JSON text, to pass them between a program and the code that judges it.

Standard library only and self-contained: this very folder is also read by the processes inside the sandbox. Never
pickle or marshal: every byte that comes out of a sandbox is data, and hostile until decoded.

JSON itself has None, bool, int, str, list, finite float and dict with string keys. The rest is written as an object
with the single key ``"!"``: ``{"!": ["tuple", [...]]}``; likewise ``set``, ``frozenset``, ``dict`` (a list of pairs),
``bytes`` (Latin-1 text), ``float`` (``nan``, ``inf``, ``-inf``), ``complex``, ``int`` (hexadecimal, for numbers that
JSON readers may round), ``decimal`` (text) and ``fraction`` (numerator, denominator). Instances of subclasses are
written as the plain type they extend, so that a value with an ``__eq__`` of its own cannot reach the judge.

What a function returned may also be an iterator, a range or the view of a dictionary (`returned`): tags ``iterator``,
``keys``, ``items``, ``values`` (their items) and ``range`` (start, stop, step).

`decode` reads what this package wrote itself. What a program wrote is read by `decode_untrusted`, whose cost is
bounded: a few bytes can become a large object, and numbers can be chosen so that they all have the same hash, which
makes a set of n of them take n * n comparisons.
"""

from tarot_bench.sandbox.values.bounds import MAX_BYTES, EncodingError
from tarot_bench.sandbox.values.decoding import Size, decode, decode_untrusted, size_of
from tarot_bench.sandbox.values.encoding import encode, returned

__all__ = ["MAX_BYTES", "EncodingError", "Size", "decode", "decode_untrusted", "encode", "returned", "size_of"]
