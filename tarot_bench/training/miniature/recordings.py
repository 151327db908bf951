"""Save the small models' completions for ``evaluate --model replay:FILE``, which needs no torch."""

from tarot_bench.atomic import write_atomically
from tarot_bench.runs import RunDirectory
from tarot_bench.training.miniature.experiment import cell_name
from tarot_bench.training.miniature.measure import MiniatureSample
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe


def write_recordings(recipe: MiniatureRecipe, run: RunDirectory) -> None:
    """Write each level's completions before and after the baseline curriculum to ``recordings/`` of the run.

    The problems are the first ``held_out`` of the small family: ``evaluate --data synthetic-small:48``.
    """
    folder = run.path / "recordings"
    folder.mkdir(exist_ok=True)
    for level in recipe.levels:
        for curriculum in (None, recipe.baseline):
            name = cell_name(level.name, curriculum, recipe.seeds[0] if curriculum else 0)
            samples = run.records(f"samples/{name}.jsonl", MiniatureSample)
            lines = [sample.completion.model_dump_json(exclude={"usage"}) for sample in samples]
            write_atomically(folder / f"miniature-{name}.jsonl", "\n".join(lines) + "\n")
