"""Drafts, and can be killed: ``python -m tests.generation.author.drafting_process SETTINGS FOLDER COUNT``.

Writes what it drafted to ``drafts.json`` in the folder.
"""

import sys
from pathlib import Path

from tarot_bench.generation.author.generator import GeneratorSettings
from tests.generation.author.helpers import draft, wanted

if __name__ == "__main__":
    generator = GeneratorSettings.model_validate_json(sys.argv[1])
    folder = Path(sys.argv[2])
    made = draft(generator, folder, wanted(int(sys.argv[3])))
    partial = folder / "drafts.partial"
    partial.write_text("\n".join(map(repr, made)))
    partial.rename(folder / "drafts.txt")
