import io
import json
import subprocess
import sys
import tarfile
from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.problem import Limits
from tarot_bench.sandbox.backends.e2b import bundle, parcels
from tarot_bench.sandbox.backends.e2b.parcels import ParcelError
from tarot_bench.sandbox.base import Job
from tarot_bench.verdict import Execution

blobs = st.binary(max_size=50)
any_text = st.text(st.characters(exclude_categories=()))
jobs = st.builds(
    Job,
    any_text,
    st.sampled_from(["stdin", "call", "suite"]),
    st.lists(blobs).map(tuple),
    st.builds(Limits),
    st.none() | st.text(),
)
executions = st.builds(
    Execution,
    st.sampled_from(["exited", "killed"]),
    st.none() | st.integers(0, 255),
    st.none() | st.integers(1, 64),
    blobs,
    blobs,
    st.floats(0, 9),
    st.floats(0, 9),
    st.floats(0, 9),
    st.none() | blobs,
)


@given(jobs)
def test_a_job_arrives_as_it_was_sent(job):
    assert parcels.unpack_job(parcels.pack_job(job)) == job


@given(st.lists(executions, max_size=4))
def test_executions_arrive_as_they_were_sent(made):
    assert [Execution(**found) for found in parcels.unpack_executions(parcels.pack_executions(made))] == made


@given(st.lists(executions, min_size=1, max_size=3), st.integers(1, 60))
def test_a_parcel_that_was_cut_short_is_noticed(made, missing):
    with pytest.raises(ParcelError):
        parcels.unpack_executions(parcels.pack_executions(made)[:-missing])


@given(st.lists(executions, max_size=3), st.binary(min_size=1))
def test_a_parcel_with_something_behind_it_is_noticed(made, more):
    with pytest.raises(ParcelError):
        parcels.unpack_executions(parcels.pack_executions(made) + more)


leaves = st.none() | st.integers() | st.text()


@given(st.binary() | st.recursive(leaves, st.lists, max_leaves=5).map(lambda value: json.dumps(value).encode()))
def test_bytes_that_are_no_parcel_are_refused(data):
    with pytest.raises(ParcelError):
        parcels.unpack_executions(data)


@given(st.dictionaries(st.sampled_from(["sizes", "executions"]), st.recursive(leaves, st.lists, max_leaves=5)))
def test_headers_of_the_wrong_shape_are_refused(header):
    with suppress(ParcelError):
        assert parcels.unpack_executions(json.dumps(header).encode() + b"\n") == []


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    with tarfile.open(fileobj=io.BytesIO(bundle.pack())) as archive:
        archive.extractall(folder, filter="data")
    return folder


def alone(folder, *words):
    """Run the bundle's Python without this environment's packages."""
    command = [sys._base_executable, "-S", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})


def test_the_bundle_runs_jobs_with_nothing_but_python(unpacked, local):
    job = Job("import sys\nprint(input())\nsys.exit(3)", "stdin", (b"a\n", b"b\n"), Limits())
    (unpacked / "job").write_bytes(parcels.pack_job(job))
    done = alone(unpacked, "-m", "tarot_bench.sandbox.backends.e2b.remote", "run", "job", "result")
    assert done.stderr == ""
    made = [Execution(**found) for found in parcels.unpack_executions((unpacked / "result").read_bytes())]
    assert [(e.exit_code, e.stdout) for e in made] == [(e.exit_code, e.stdout) for e in local.run(job)]


def test_the_bundles_vocabulary_is_that_of_the_package(unpacked):
    script = """
import json
from dataclasses import asdict, fields
from tarot_bench.problem import Limits
from tarot_bench.verdict import Ending, Execution
print(json.dumps([asdict(Limits()), [field.name for field in fields(Execution)]]))
"""
    limits, names = json.loads(alone(unpacked, "-c", script).stdout)
    assert Limits(**limits) == Limits()
    assert names == [field.name for field in fields(Execution)]


def test_the_bundle_holds_code_and_no_problems(unpacked):
    files = [path for path in unpacked.rglob("*") if path.is_file() and path.suffix == ".py"]
    assert len(files) > 10
    assert not list(unpacked.rglob("*.yaml"))
    assert not (unpacked / "tarot_bench" / "dataset").exists()
