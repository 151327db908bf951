"""Values across the wall: what goes in comes out, exactly, and nothing else gets through."""

import itertools
import json
import math
import time
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.sandbox.values import MAX_BYTES, EncodingError, decode, decode_untrusted, encode, returned, size_of

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**53 - 2, 2**53 + 2)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
)
keys = st.text() | st.integers() | st.decimals(allow_nan=False) | st.fractions() | st.tuples(st.integers(), st.text())
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(keys, inner)
        | st.sets(st.integers() | st.text())
        | st.frozensets(st.integers())
    ),
    max_leaves=20,
)


HUGE_COMPLEX = b'{"!":["complex",[1' + b"0" * 400 + b",0]]}"
PRIME = 2**61 - 1  # the hash of an integer is its remainder


def kinds(value):
    """The value with every type spelt out: == alone takes True for 1 and 1 for 1.0."""
    if isinstance(value, dict):
        return dict, [(kinds(key), kinds(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [kinds(item) for item in value]
    return type(value), value


@given(plain)
def test_what_goes_in_comes_out(value):
    assert kinds(decode(encode(value))) == kinds(value)
    assert kinds(decode_untrusted(encode(value))) == kinds(value)


@given(st.lists(st.integers() | st.floats() | st.booleans() | st.none() | st.text()))
def test_a_list_of_scalars_is_strict_json_and_keeps_every_item(value):
    text = encode(value)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    back = decode(text)
    assert all(type(one) is type(two) and (one == two or math.isnan(one)) for one, two in zip(value, back, strict=True))


def test_subclasses_arrive_as_what_they_extend():
    class Sly(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    class Items(list):
        def __iter__(self):
            return iter([1, 2, 3])

    assert kinds(decode(encode([Sly(3), Items([7])]))) == kinds([3, [7]])


@pytest.mark.parametrize("value", [object(), [object()], {"a": iter([])}, lambda: 0, range(3)])
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(EncodingError, match="not plain data"):
        encode(value)


@pytest.mark.parametrize(
    "text", [b"", b"{", b'{"!": 3}', b'{"!": ["no", 1]}', b'{"!": ["int", "zz"]}', b"\xff", HUGE_COMPLEX]
)
def test_what_is_no_encoded_value_is_refused(text):
    for read in decode, decode_untrusted:
        with pytest.raises(EncodingError):
            read(text)


def test_depth_is_limited_both_ways():
    deep: list = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(EncodingError, match="deeper"):
        encode(deep)
    with pytest.raises(EncodingError):
        decode(b"[" * 5000 + b"]" * 5000)


def colliding(kind, count):
    """That many different values of one kind, of which all have the same hash."""
    numbers = [PRIME * n for n in range(1, count + 1)]
    return {
        "int": numbers,
        "tuple": [(number, 1) for number in numbers],
        "complex": [complex(1000003 * n, -n) for n in range(2, count + 2)],
        "frozenset": [frozenset([number]) for number in numbers],
        "mixed": [*numbers, [], {}, "text", None],
    }[kind]


@pytest.mark.parametrize("kind", ["int", "tuple", "complex", "frozenset", "mixed"])
@pytest.mark.parametrize("container", ["list", "tuple", "set", "frozenset", "dict"])
def test_too_many_different_values_of_equal_hash_are_refused(kind, container):
    items = colliding(kind, 5000)
    assert len({hash(item) for item in items[:4900]}) == 1
    if container == "list":
        data = encode([0, items])
    else:
        body = [[item, 0] for item in items] if container == "dict" else items
        data = b'{"!":["%s",%s]}' % (container.encode(), encode(body))
    with pytest.raises(EncodingError, match=r"same hash|unhashable"):
        decode_untrusted(data)


def test_collisions_are_counted_over_the_whole_value():
    some = {PRIME * n for n in range(1, 1001)}
    assert decode_untrusted(encode([some])) == [some]
    with pytest.raises(EncodingError, match="same hash"):
        decode_untrusted(encode([some] * 9))


def frozen(depth, width):
    """A frozenset of frozensets …, where all members of each have the same hash."""
    if depth == 0:
        return [PRIME * n for n in range(1, width + 3)]
    return [frozenset(members) for members in islice(combinations(frozen(depth - 1, width), width), width + 3)]


@pytest.mark.parametrize(
    "items",
    [
        [(*[1.5] * 300, *signs) for signs in islice(product((-1, -2), repeat=12), 2000)],
        [PRIME**40 * n for n in range(1, 2000)],
        frozen(2, 24),
        frozen(3, 12),
    ],
    ids=["long", "digits", "deep", "deeper"],
)
def test_a_comparison_that_takes_long_counts_for_more(items):
    assert len(set(map(hash, items))) == 1
    with pytest.raises(EncodingError, match="same hash"):
        decode_untrusted(encode([items]))


@pytest.mark.parametrize(
    "honest",
    [
        [0] * 100_000,
        ["a", None] * 50_000,
        [2**n for n in range(5000)],
        {2**n for n in range(5000)},
        {2.0**n for n in range(-1000, 1000)},
        [[1, 2]] * 10_000,
        [(1, 2)] * 10_000,
        [math.nan] * 1000,
        {(a, b) for a in range(200) for b in range(200)},
        {a * 2**61: a for a in range(1000)},
    ],
)
def test_honest_values_are_not_taken_for_attacks(honest):
    assert len(decode_untrusted(encode(honest))) == len(honest)


def test_size_is_limited_before_anything_is_parsed():
    with pytest.raises(EncodingError, match="the most is"):
        decode_untrusted(b'"' + b"x" * MAX_BYTES + b'"')
    with pytest.raises(EncodingError, match="3 parts; the most is 2"):
        decode_untrusted(b"[1,[]]", 2)


@given(plain)
def test_a_value_has_no_more_objects_than_its_encoding_has_parts(value):
    def count(value):
        if isinstance(value, dict):
            return 1 + sum(count(key) + count(item) for key, item in value.items())
        return 1 + sum(map(count, value)) if isinstance(value, list | tuple | set | frozenset) else 1

    assert count(value) <= 2 * size_of(encode(value)).parts + 1


@given(st.decimals(allow_nan=True).filter(lambda number: not number.is_snan()))
def test_a_decimal_keeps_its_digits_sign_and_exponent(number):
    assert str(decode_untrusted(encode(number))) == str(number)


def test_numbers_that_extend_decimal_and_fraction_arrive_as_those():
    class Money(Decimal):
        def __str__(self):
            return "7"

    class Share(Fraction):
        def __eq__(self, other):
            return True

        __hash__ = Fraction.__hash__

    assert kinds(decode(encode([Money("1.50"), Share(1, 3)]))) == kinds([Decimal("1.50"), Fraction(1, 3)])


SIGNALS = ["sNaN", "-sNaN12", "1e999999999", "-1e-999999999", "1e1001", "1e-1001", "0e999999"]


@pytest.mark.parametrize("text", [*SIGNALS, "7" * 1500])
def test_a_decimal_that_signals_or_would_take_long_to_use_is_refused_both_ways(text):
    with pytest.raises(EncodingError, match="Decimal"):
        encode([Decimal(text)])
    with pytest.raises(EncodingError, match="Decimal"):
        decode_untrusted(b'[{"!":["decimal","%s"]}]' % text.encode())


@pytest.mark.parametrize("number", [Fraction(1, 2**4097 + 1), Fraction(2**4097)])
def test_a_fraction_of_too_many_bits_is_refused_both_ways(number):
    with pytest.raises(EncodingError, match="4096 bits"):
        encode(number)
    parts = b",".join(map(encode, [number.numerator, number.denominator]))
    with pytest.raises(EncodingError, match="4096 bits"):
        decode_untrusted(b'{"!":["fraction",[%s]]}' % parts)


@pytest.mark.parametrize(
    "body",
    [
        *(b'"decimal","x"', b'"decimal",1', b'"decimal",["1"]', b'"decimal","1e99999999999999999999"', b'"decimal",""'),
        *(b'"fraction",[1,0]', b'"fraction",[1]', b'"fraction",[1,2,3]', b'"fraction",[0.5,2]', b'"fraction","1/2"'),
        *(b'"fraction",[true,2]', b'"fraction",[[1],2]', b'"fraction",[{"!":["fraction",[1,2]]},2]'),
        *(b'"range",[0,9,0]', b'"range",[0,1000001,1]', b'"range",["0",1,1]', b'"range",[0,1.5,1]'),
        *(b'"range",[{"!":["int","0x%s"]},0,1]' % (b"f" * 17), b'"iterator",7', b'"iterator","ab"', b'"keys",[[]]'),
        *(b'"items",[1]', b'"items",[[[],1]]', b'"items",[[1,2,3]]', b'"keys",{"a":1}', b'"values",3'),
    ],
)
def test_hand_written_numbers_iterators_and_views_are_refused_unless_they_are_right(body):
    with pytest.raises(EncodingError):
        decode_untrusted(b'{"!":[%s]}' % body)


EXACT = [b'{"!":["decimal","%d"]}' % (PRIME * (10**900 + n)) for n in range(40)]
EXACT += [b'{"!":["fraction",[%s,%s]]}' % (encode(PRIME * (2**4000 + n)), encode(2**4000 + 1)) for n in range(40)]


@pytest.mark.parametrize(
    "data",
    [
        b'{"!":["set",[%s]]}' % b",".join(EXACT * 30),
        b"[%s]" % b",".join([b'{"!":["set",[%s]]}' % b",".join(EXACT[20:60])] * 200),
        b'{"!":["keys",[%s]]}' % b",".join(EXACT[:2] + [encode(PRIME * n) for n in range(1, 2000)]),
        b'[{"!":["decimal","1"]},{"!":["int","0x%s"]}]' % (b"f" * 5000),
        b'[{"!":["int","0x%s"]},{"!":["fraction",[1,2]]}]' % (b"f" * 5000),
        b'{"!":["fraction",[%s,%s]]}' % (b"9" * 4000, b"7" * 4000),
    ],
)
def test_exact_numbers_that_would_take_long_to_compare_are_refused(data):
    start = time.process_time()
    with pytest.raises(EncodingError):
        decode_untrusted(data)
    assert time.process_time() - start < 20  # a bound against hangs


@pytest.mark.parametrize(
    "honest",
    [
        [Decimal(n) / 7 for n in range(5000)],
        {Fraction(n, 7) for n in range(5000)},
        [Fraction(1, 2)] * 5000,
        {Decimal(n): n for n in range(2000)},
        [-1, -2, Decimal("0.5"), *range(200)],
    ],
)
def test_honest_exact_numbers_are_not_taken_for_attacks(honest):
    assert kinds(decode_untrusted(encode(honest))) == kinds(honest)


def sent(value):
    return decode_untrusted(encode(returned(value)))


@given(st.lists(plain, max_size=5))
def test_an_iterator_arrives_as_an_iterator_of_the_same_items(items):
    def made():
        yield from items

    for iterator in iter(items), map([*items].__getitem__, range(len(items))), made(), itertools.chain(items):
        got = sent(iterator)
        assert iter(got) is got
        assert kinds(list(got)) == kinds(items)
        assert got != items


@given(st.dictionaries(keys, st.integers() | st.text(), max_size=5))
def test_a_view_of_a_dictionary_equals_what_it_equals_in_python(mapping):
    for of in mapping, OrderedDict(mapping):
        assert sent(of.keys()) == mapping.keys() == set(mapping)
        assert sent(of.items()) == mapping.items() == set(mapping.items())
        assert list(sent(of.values())) == list(mapping.values())
        assert [sent(of.keys()), sent(of.values())] != [list(mapping), list(mapping.values())]


@pytest.mark.parametrize("numbers", [range(3), range(0), range(5, 0, -2), range(-(2**40), 2**40, 2**39)])
def test_a_range_stays_a_range(numbers):
    assert kinds(sent(numbers)) == (range, numbers)
    assert sent(numbers) != list(numbers)


@pytest.mark.parametrize("endless", [itertools.count(), itertools.cycle([1]), iter(int, 1), range(10**18)])
def test_what_has_more_than_a_million_items_is_refused(endless):
    with pytest.raises(EncodingError, match="1000000"):
        decode_untrusted(encode(returned(endless)))


def test_only_the_result_itself_is_read_not_what_is_inside_of_it():
    for value in [[iter([])], {"a": {}.keys()}, (range(3),), iter([iter([])])]:
        with pytest.raises(EncodingError, match="not plain data"):
            encode(returned(value))


def test_a_container_that_can_also_be_iterated_by_hand_stays_a_container():
    class Deck(list):
        def __next__(self):
            return 1

    assert sent(Deck([1, 2])) == [1, 2]


def test_reading_a_generator_raises_what_its_code_raises():
    with pytest.raises(ZeroDivisionError):
        returned(1 // n for n in [1, 0])
