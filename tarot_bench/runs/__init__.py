"""Run directories: a manifest, journals of records, one writer at a time.

A run is a directory with ``run.json`` (kind, resolved settings and their digest, environment) and journals, one JSON
record a line. What is promised:

- Killed at any moment, a run loses at most the record being written: its torn line is cut off when the journal is next
  opened for writing, and the record is pending again.
- A power cut loses at most the paid answers of `journal.SYNC_EVERY_S`. Records that can be made again without paying,
  such as grades, reach the disk when their journal is closed.
- ``run.json``, summaries and results are replaced in one step (`tarot_bench.atomic`).
- One process writes to a run at a time (`writing`).
- `RunDirectory.open` and `JournalReader` need no lock, and create, repair and change nothing, also while another
  process writes.
"""

from tarot_bench.runs.journal import JournalReader, JournalWriter
from tarot_bench.runs.lock import RunLockedError, writing
from tarot_bench.runs.run import Manifest, RunDirectory

__all__ = ["JournalReader", "JournalWriter", "Manifest", "RunDirectory", "RunLockedError", "writing"]
