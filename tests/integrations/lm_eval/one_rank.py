"""One process of a run that lm-eval spreads over several: `one_rank.py RANK WORLD PORT DATA TASKS OUT`."""

import json
import os
import sys
from pathlib import Path

import lm_eval.evaluator
import torch
import torch.distributed as distributed

from tarot_bench.dataset import load_problems
from tests.integrations.lm_eval.recorded import NO_CODE, ONLY_SMALL, RIGHT, answers_for, recorded, run


def spread_over(processes: int, model):
    """The model's communication, through torch's own CPU back end."""

    def all_gather(tensor):
        gathered = [torch.zeros_like(tensor) for _ in range(processes)]
        distributed.all_gather(gathered, tensor)
        return torch.stack(gathered)

    def gather_object(thing, dst=0):
        found = [None] * processes if distributed.get_rank() == dst else None
        distributed.gather_object(thing, found, dst)
        return found

    model._rank, model._world_size, model._device = distributed.get_rank(), processes, "cpu"
    model.all_gather, model.gather_object, model.barrier = all_gather, gather_object, distributed.barrier
    return model


def main() -> None:
    lm_eval.evaluator.add_env_info = lambda storage: None  # takes seconds
    rank, world, port, data, tasks, out = sys.argv[1:]
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    distributed.init_process_group("gloo", rank=int(rank), world_size=int(world))
    made = list(load_problems(data))
    model = spread_over(int(world), recorded(answers_for(made, [RIGHT, ONLY_SMALL, NO_CODE]), made))
    results = run(model, tasks.split(","), {"data": data, "repeats": 3})
    Path(f"{out}.{rank}").write_text(
        json.dumps({"sent": len(model.requests), "results": results and results["results"]}, default=float)
    )
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
