"""Processes with different data, and full disks: one line, and what was whole stays whole."""

import errno
import threading

import pytest

from tarot_bench.errors import DataError, ModelError, RunError
from tarot_bench.training.trainer.safety import check_same_data, full_disk, refused_requests


def together(*data):
    """What each of several processes raises, with a gathering that waits for all of them."""
    barrier, lists, raised = threading.Barrier(len(data)), [[]] * len(data), [None] * len(data)

    def process(rank):
        def gather(own):
            lists[rank] = own
            barrier.wait()
            return [item for each in lists for item in each]

        try:
            check_same_data(data[rank], rank, gather)
        except DataError as error:
            raised[rank] = str(error)

    threads = [threading.Thread(target=process, args=(rank,)) for rank in range(len(data))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_every_process_is_told_that_one_has_other_data():
    assert together([{"a": 1}], [{"a": 1}]) == [None, None]
    first, second = together([{"a": 1}], [{"a": 2}])
    assert "different data: " in first
    assert "in process 1 (this is 0)" in first
    assert "(this is 1)" in second
    assert "\n" not in first


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EFBIG, "File too large"),
        RuntimeError("[enforce fail at inline_container.cc:664] . unexpected pos 64 vs 0"),
        ValueError("Error while serializing: I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_one_line_whichever_library_finds_it(error, tmp_path):
    with pytest.raises(RunError, match=r"no space is left .* --resume") as caught, full_disk(tmp_path):
        raise error
    assert "\n" not in str(caught.value)


def test_another_error_keeps_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), full_disk(tmp_path):
        raise ZeroDivisionError


def test_a_request_that_the_server_refuses_is_one_line_with_its_words(tmp_path):
    words = 'Request failed: 400, {"error": {"message": "maximum context length\nis 144 tokens"}}'
    with pytest.raises(ModelError, match=r"refused a request: 400, .*144 tokens.*--resume") as caught:  # noqa: SIM117
        with refused_requests(tmp_path):
            raise Exception(words)
    assert "\n" not in str(caught.value)
    with pytest.raises(ZeroDivisionError), refused_requests(tmp_path):
        1 / 0  # noqa: B018
