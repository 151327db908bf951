"""The command that runs the paper's benchmarks in its own harness, evalchemy (github.com/mlfoundations/evalchemy)."""

import shlex

TASKS = ("HumanEval", "HumanEvalPlus", "MBPP", "MBPPPlus", "LiveCodeBenchv5_official", "CodeForces", "CruxEval")
"""As the paper's repository names them; `CodeForces` is open-r1's test split, not the Elo rating of CodeElo."""


def command(model: str, gpus: int = 1, batch_size: int = 16, output: str = "logs") -> str:
    """The command to run in a checkout of evalchemy.

    The paper's repository writes ``tensor_parallele_size``, which vLLM refuses.

    Args:
        model: a Hub id or a local path.
        gpus: over which vLLM spreads the model.
        batch_size: requests at once.
        output: where evalchemy writes ``results_*.json``.
    """
    options = {
        "--model": "vllm",
        "--tasks": ",".join(TASKS),
        "--model_args": f"pretrained={model},tensor_parallel_size={gpus}",
        "--batch_size": str(batch_size),
        "--output_path": output,
    }
    lines = ["python -m eval.eval", *(f"    {name} {shlex.quote(value)}" for name, value in options.items())]
    return " \\\n".join(lines)
