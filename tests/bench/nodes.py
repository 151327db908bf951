"""A stage on one and on two nodes of a Ray cluster: ``python -m tests.bench.nodes [ENTRIES]``.

Nodes have one CPU each and are processes of this machine. Golds wait for 0.2 s on each of five tests, so that the ratio
shows how entries are distributed, whatever else the machine computes. Seconds include the start of the workers.
"""

import os
import sys
import time
from functools import partial

from tarot_bench.generation.distributing import RayStage
from tarot_bench.generation.validate.stage import ValidateSettings, ValidateStage
from tarot_bench.sandbox import open_sandbox
from tests.generation.making import GOLD, entry_of
from tests.sandbox.backends.ray.test_sandbox import NODE


def seconds(nodes, entries, info):
    """Wall seconds that a cluster of so many nodes takes; its outcomes."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args=NODE)
    try:
        for _ in range(nodes - 1):
            cluster.add_node(**NODE)
        os.environ["RAY_ADDRESS"] = cluster.address
        stage = RayStage("validate", partial(ValidateStage, ValidateSettings(times=1, record_cpu=False)), "local", info)
        begun = time.monotonic()
        outcomes = sorted(outcome.model_dump_json() for outcome in stage.run(entries))
        return time.monotonic() - begun, outcomes
    finally:
        cluster.shutdown()


def main(count):
    """Measure and print."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    entries = [entry_of(f"p{number}", solution=f"import time\ntime.sleep(0.2)\n{GOLD}") for number in range(count)]
    with open_sandbox(workers=1) as sandbox:
        info = sandbox.info
    took = {nodes: seconds(nodes, entries, info) for nodes in (1, 2)}
    (one, here), (two, there) = took[1], took[2]
    assert here == there, "other outcomes"
    assert len(here) == count, "some are pending"
    load = os.getloadavg()[0]
    print(f"{count} entries: one node {one:.1f} s, two {two:.1f} s, ratio {one / two:.2f}; load average {load:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 120)
