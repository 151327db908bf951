"""A real Ray cluster of two nodes on loopback, with nodes and actors that are killed while jobs run."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tarot_bench.errors import SandboxError, SandboxUnavailableError
from tarot_bench.problem import Limits
from tarot_bench.sandbox.backends.ray.sandbox import RaySandbox
from tarot_bench.sandbox.base import Job

NODE = {"num_cpus": 1, "object_store_memory": 80 * 1024 * 1024, "include_dashboard": False}
ECHO = Job("print(input()[::-1])", "stdin", (b"one\n", b"two\n"), Limits())
NAP = Job("import time\ntime.sleep(0.2)\nprint(input())", "stdin", (b"",), Limits())


@pytest.fixture
def cluster(monkeypatch):
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    cluster = Cluster(initialize_head=True, head_node_args=NODE)
    yield cluster
    cluster.shutdown()


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def nodes_of(opened: RaySandbox):
    return list(opened._nodes._nodes.values())


@pytest.mark.slow
def test_a_cluster_does_what_this_machine_does_and_loses_nothing_with_a_node(cluster, local):
    second = cluster.add_node(**NODE)
    with RaySandbox(cluster.address) as opened:
        assert (opened.info.kind, opened.info.level) == ("ray", local.info.level)
        assert (opened.workers, opened.info.details["nodes"]) == (2, 2)
        here, there = local.run(ECHO), opened.run(ECHO)
        assert [(e.outcome, e.stdout) for e in there] == [(e.outcome, e.stdout) for e in here]

        seen = []
        with ThreadPoolExecutor(6) as pool:
            jobs = [replace(NAP, inputs=(f"{number}\n".encode(),)) for number in range(40)]
            made = [pool.submit(opened.run, job) for job in jobs]
            wait_until(lambda: seen.append([n.running for n in nodes_of(opened)]) or sum(f.done() for f in made) > 8)
            cluster.remove_node(second, allow_graceful=False)
            outputs = [future.result(timeout=120) for future in made]
        assert [execution.stdout for (execution,) in outputs] == [job.inputs[0] for job in jobs]
        assert [1, 1] in seen
        assert max(max(running) for running in seen) == 1
        assert len(nodes_of(opened)) == 1

        cluster.add_node(**NODE)
        wait_until(lambda: len(nodes_of(opened)) == 2)
        assert opened.run(ECHO)[0].stdout == b"eno\n"


@pytest.mark.slow
def test_a_job_that_loses_two_nodes_fails_and_the_next_one_finds_the_node_back(cluster):
    import ray

    with RaySandbox(cluster.address) as opened, ThreadPoolExecutor(1) as pool:
        doomed = pool.submit(opened.run, replace(NAP, source="import time\ntime.sleep(60)", limits=Limits(wall_s=90)))
        for _ in range(2):
            wait_until(lambda: [node.running for node in nodes_of(opened)] == [1])
            (node,) = nodes_of(opened)
            ray.get(node.actor.__ray_ready__.remote())
            ray.kill(node.actor)
            wait_until(lambda gone=node: gone not in nodes_of(opened))
        with pytest.raises(SandboxError, match="lost 2 nodes"):
            doomed.result(timeout=60)
        assert opened.run(ECHO)[1].stdout == b"owt\n"

        (node,) = nodes_of(opened)
        ray.get(node.actor.close.remote())
        with pytest.raises(SandboxError, match=r"node \w+ of the Ray cluster: this sandbox is closed"):
            opened.run(ECHO)
    opened.close()
    with pytest.raises(SandboxError, match="closed"):
        opened.run(ECHO)


@pytest.mark.slow
def test_a_node_with_another_version_of_the_package_is_one_line_that_names_it(cluster, monkeypatch):
    monkeypatch.setattr("tarot_bench.sandbox.backends.ray.nodes.__version__", "99.0")
    with pytest.raises(SandboxUnavailableError, match=r"node \w+ of the Ray cluster: it has .* instead of 99.0"):
        RaySandbox(cluster.address)


@pytest.mark.slow
def test_the_nodes_show_chosen_packages_and_say_which_is_missing(cluster):
    pytest.importorskip("sortedcontainers")
    job = replace(ECHO, source="import sortedcontainers\nprint(sortedcontainers.SortedList(input().strip()))")
    with RaySandbox(cluster.address, importable=["sortedcontainers"]) as opened:
        assert opened.run(job)[0].stdout == b"SortedList(['e', 'n', 'o'])\n"
        assert opened.info.details["packages"].startswith("sortedcontainers 2.")
    with pytest.raises(SandboxUnavailableError, match=r"node \w+ of the Ray cluster: .*'absent' is not installed"):
        RaySandbox(cluster.address, importable=["absent"])


@pytest.mark.slow
def test_a_connection_that_was_there_before_is_used_and_left_open(cluster):
    import ray

    ray.init(cluster.address, log_to_driver=False)
    try:
        with RaySandbox() as opened:
            assert opened.run(ECHO)[0].ok
        assert ray.is_initialized()
    finally:
        ray.shutdown()


def test_a_missing_package_is_one_line_with_the_pip_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SandboxUnavailableError, match=r"pip install 'tarot-bench\[ray\]'"):
        RaySandbox()


def test_no_cluster_is_one_line_that_says_how_to_start_one(monkeypatch, tmp_path):
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))  # where a cluster that was killed may have left its address
    before = threading.active_count()
    with pytest.raises(SandboxUnavailableError, match=r"no Ray cluster: .*ray start --head") as caught:
        RaySandbox()
    assert "\n" not in str(caught.value)
    assert threading.active_count() == before
