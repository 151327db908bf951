"""Save the small models' completions for ``evaluate --model replay:FILE``, which needs no torch."""

from tarot_bench.atomic import write_atomically
from tarot_bench.dataset.synthetic.small import small_family
from tarot_bench.runs import RunDirectory
from tarot_bench.training.miniature.cells import CellKey
from tarot_bench.training.miniature.measure import MiniatureSample
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe

_PROBLEMS = 48
_SAMPLES = 4


def write_recordings(recipe: MiniatureRecipe, run: RunDirectory) -> None:
    """Write what the first model of each level answered before and after the baseline curriculum to ``recordings/``.

    To stay small: the first 4 samples of the first 48 problems of the small family, as in
    ``evaluate --data synthetic-small:48 -n 4``.
    """
    folder = run.path / "recordings"
    folder.mkdir(exist_ok=True)
    wanted = {problem.id for problem in small_family()[: min(_PROBLEMS, recipe.held_out)]}
    for level in recipe.levels:
        for curriculum in (None, recipe.baseline):
            key = CellKey(level.name, 0, curriculum, recipe.seeds[0] if curriculum else 0)
            samples = run.records(f"samples/{key.name}.jsonl", MiniatureSample)
            made = (one.completion for one in samples)
            kept = [one for one in made if one.problem_id in wanted and one.index < _SAMPLES]
            lines = [one.model_dump_json(exclude={"usage"}) for one in kept]
            path = folder / f"miniature-{level.name}-{curriculum or 'before'}.jsonl"
            write_atomically(path, "\n".join(lines) + "\n")
