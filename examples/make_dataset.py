"""Make a small four-tier dataset without an LLM, write it with its card to a folder, and load it back.

python examples/make_dataset.py

To publish it on the Hub, name your repository and leave out ``send=False``. To have an LLM write the tests, take the
recipe ``openai`` or a file of your own.
"""

from datasets import load_dataset

import tarot_bench as tb


def main() -> None:
    """Make ten problems whose tests are mutated inputs with the reference solution's outputs."""
    for stage in tb.generate("smoke", "runs/small"):
        print(f"{stage.stage}: {stage.kept} of {stage.entered} kept")
    written = tb.publish("runs/small", "you/small", card="smoke", send=False)
    print(f"{written.path}: {written.rows}")
    edge = load_dataset(str(written.path), "edge", split="train")
    print(f"{len(edge)} edge tests, such as {edge[0]['input']!r} -> {edge[0]['output']!r}")


if __name__ == "__main__":
    main()
