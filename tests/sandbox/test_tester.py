"""The tester's end of a suite: a candidate can neither hold it up nor fool the test code with an exception."""

import os
import socket
import threading
import time

import pytest

from tarot_bench.sandbox.inside.channel import MAX_REPLY, Channel
from tarot_bench.sandbox.values import decode

TESTER = "assert candidate(2) == 4"
LIMITS = {"cpu_s": 1, "wall_s": 2}
PRIME = 2**61 - 1
COLLIDING = (
    "import os\ndef f(x):\n"
    f"    items = ','.join('%d' % ({PRIME} * i) for i in range(1, 100_001)).encode()\n"
    "    body = b'{{\"value\":{}}}'\n"
    "    view = memoryview(len(body).to_bytes(4, 'little') + body)\n"
    "    while view: view = view[os.write(4, view):]\n"
    "    os._exit(0)"
)


def judged(runner, source, tester=TESTER, **limits):
    """The report, and how long it took."""
    start = time.monotonic()
    result = runner.suite(source, tester, **(LIMITS | limits))
    return decode(result.result), time.monotonic() - start


@pytest.mark.parametrize(
    "source",
    [
        "import os, time\ndef f(x):\n    os.write(4, b'\\x10\\0'); time.sleep(1000)",
        "import os, time\ndef f(x):\n    os.write(4, b'\\x10\\0\\0\\0{\"va'); time.sleep(1000)",
        "import os, time\nos.write(4, b'\\x10\\0\\0\\0{')\ntime.sleep(1000)",
        "import os, time\ndef f(x):\n    os.write(4, (2**20).to_bytes(4, 'little'))\n"
        "    while True: os.write(4, b' '); time.sleep(0.01)",
        "import os, time\nhead = (2**24).to_bytes(4, 'little')\nfor byte in head:\n"
        "    os.write(4, bytes([byte])); time.sleep(0.9)\ndef f(x): pass",
        "import time\ntime.sleep(1000)",
        "import os, time\ndef f(x):\n    os.close(3); time.sleep(1000)",
    ],
)
def test_a_candidate_that_is_slow_to_answer_is_waited_for_no_longer_than_its_patience(sealed, source):
    report, took = judged(sealed, source, wall_s=0.8)
    assert report["status"] == "raised"
    assert took < 30


@pytest.mark.slow
def test_a_candidate_that_does_not_read_its_requests_is_not_waited_for(sealed):
    report, took = judged(sealed, "import time\ntime.sleep(1000)", "candidate('x' * (32 << 20))")
    assert report == {"status": "raised", "detail": "the candidate did not answer in time"}
    assert took < 30


@pytest.mark.parametrize("opening", ['{"!":["set",[', '{"!":["tuple",[', "["])
def test_a_reply_of_items_that_all_have_the_same_hash_is_refused(warm, opening):
    closing = {"[": "]"}.get(opening, "]]}")
    source = COLLIDING.format(f"{opening}' + items + b'{closing}")
    report, took = judged(warm, source, "assert set(candidate(2)) == {4}", cpu_s=5)
    assert report == {"status": "raised", "detail": "too many different items have the same hash"}
    assert took < 30


def test_a_reply_beyond_the_cap_is_refused_unread(sealed):
    source = f"import os\ndef f(x):\n    os.write(4, ({MAX_REPLY} + 1).to_bytes(4, 'little')); os._exit(0)"
    assert "too large" in judged(sealed, source)[0]["detail"]


@pytest.mark.parametrize(
    "raised",
    [
        "StopIteration",
        "StopIteration(4)",
        "AssertionError('no')",
        "AttributeError('x')",
        "IndexError",
        "KeyError(1)",
        "ValueError",
        "TypeError",
        "NotImplementedError",
        "StopAsyncIteration",
        "GeneratorExit",
        "SystemExit(0)",
        "type('CandidateError', (Exception,), {})",
        "UnicodeDecodeError('utf-8', b'x', 0, 1, 'no')",
        "ValueError(10 ** 5000)",
    ],
)
@pytest.mark.parametrize(
    "tester",
    [
        "assert all(map(candidate, [1, 2]))",
        "assert list(map(candidate, [1, 2])) is not None",
        "assert not any(candidate(x) != 4 for x in [1, 2])",
        "for item in iter(lambda: candidate(1), 4): assert item == 4",
        "class Lazy:\n    def __getattr__(self, name): return candidate(1)\nassert not hasattr(Lazy(), 'bad')",
        "class Row:\n    def __getitem__(self, at): return candidate(at)\nassert 5 not in Row()",
        "try:\n    wrong = candidate(1)\nexcept (LookupError, ValueError, TypeError, AttributeError, StopIteration,"
        " AssertionError, NotImplementedError):\n    wrong = False\nassert not wrong",
    ],
)
def test_no_exception_of_a_candidate_speaks_to_the_test_code(warm, raised, tester):
    report, _ = judged(warm, f"def f(x): raise {raised}", tester)
    assert report["status"] == "raised", report


def test_an_exception_s_own_name_and_text_are_what_people_read(sealed):
    report, _ = judged(sealed, "def f(x): raise KeyError('key')")
    assert report == {"status": "raised", "detail": "KeyError: 'key'"}


@pytest.mark.parametrize(
    "reply",
    ['{"raised":1,"message":"x"}', '{"raised":"KeyError"}', '{"raised":{"!":["int","0xf"]},"message":"x"}', "[1]", "3"],
)
def test_a_reply_that_is_none_ends_the_candidate(warm, reply):
    source = f"import os\ndef f(x):\n    body = {reply.encode()!r}\n    os.write(4, bytes([len(body), 0, 0, 0]) + body)"
    tester = "try:\n    candidate(1)\nexcept Exception:\n    pass"
    assert judged(warm, source, tester)[0] == {"status": "raised", "detail": "the candidate's reply is malformed"}


@pytest.mark.parametrize("tester", ["assert False, candidate(1)", "raise ValueError(candidate(1))"])
def test_a_failure_whose_text_cannot_be_made_is_still_a_failure(warm, tester):
    report, _ = judged(warm, "def f(x): return 10 ** 5000", tester)
    assert report["status"] in ("failed", "broken")


def pair(kind):
    """A channel's descriptors (requests, replies), and the other side's (requests, replies)."""
    if kind == "pipes":
        requests_out, requests_in = os.pipe()
        replies_out, replies_in = os.pipe()
        return requests_in, replies_out, requests_out, replies_in
    ours, theirs = socket.socketpair()
    one, other = ours.detach(), theirs.detach()
    return one, one, other, other


@pytest.mark.parametrize("kind", ["pipes", "socket"])
def test_a_request_and_its_reply_may_be_larger_than_any_buffer(kind):
    requests, replies, asked, answered = pair(kind)

    def serve():
        with open(asked, "rb", closefd=False, buffering=0) as source:
            size = int.from_bytes(source.read(4), "little")
            body = b""
            while len(body) < size:
                body += source.read(size - len(body))
        view = memoryview(size.to_bytes(4, "little") + body)
        while view:
            view = view[os.write(answered, view) :]

    thread = threading.Thread(target=serve)
    thread.start()
    request = os.urandom(3_000_000)
    assert Channel(requests, replies, 30).ask(request) == request
    thread.join()


@pytest.mark.parametrize("kind", ["pipes", "socket"])
def test_patience_is_shared_by_all_requests(kind):
    requests, replies, _, answered = pair(kind)
    channel = Channel(requests, replies, 0.3)
    os.write(answered, b"\1\0\0\0x")
    assert channel.ask(b"1") == b"x"
    with pytest.raises(OSError, match="in time"):
        channel.ask(b"2")
    os.write(answered, b"\1\0\0\0x")
    with pytest.raises(OSError, match="in time"):
        channel.ask(b"3")


def test_urgent_data_is_no_reply_and_does_not_block():
    ours, theirs = socket.socketpair()
    try:
        theirs.send(b"!", socket.MSG_OOB)
    except OSError:
        pytest.skip("this kernel has no urgent data on such sockets")
    with pytest.raises(OSError, match="in time"):
        Channel(ours.fileno(), ours.fileno(), 0.2).ask(b"1")


def test_a_candidate_that_left_has_ended():
    ours, theirs = socket.socketpair()
    theirs.close()
    with pytest.raises(OSError, match="the candidate ended"):
        Channel(ours.fileno(), ours.fileno(), 5).ask(b"1")


def test_large_honest_replies_may_come_one_after_the_other(warm):
    tester = "for _ in range(10): assert len(candidate(9_000_000)) == 9_000_000"
    assert judged(warm, "def f(x): return 'x' * x", tester, wall_s=60, cpu_s=10)[0]["status"] == "passed"


@pytest.mark.slow
def test_an_answer_that_keeps_the_test_code_busy_holds_it_for_a_bounded_time(sealed):
    """The limits of test code follow those of the problem; running into them is the candidate's doing."""
    suite = "assert sum(1 for _ in range(candidate(3))) == 3"
    result = sealed.suite("def f(x): return 10**11", suite, cpu_s=0.5, wall_s=1)
    assert decode(result.result)["status"] in ("broken", "raised")
