"""Import result files of other frameworks as runs, so that they can be graded again and compared."""

from tarot_bench.evaluation.importers.claims import Agreement, Claim, Disagreement
from tarot_bench.evaluation.importers.formats import FORMATS
from tarot_bench.evaluation.importers.importing import Imported, agreement, import_results

__all__ = ["FORMATS", "Agreement", "Claim", "Disagreement", "Imported", "agreement", "import_results"]
