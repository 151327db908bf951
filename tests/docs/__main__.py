"""Count the commands of the documentation: ``python -m tests.docs``."""

from collections import Counter

from tests.docs.blocks import runnable

blocks = runnable()
run = sum(len(block.commands) for block in blocks if block.not_run is None)
slow = sum(len(block.commands) for block in blocks if block.not_run is None and not block.is_fast)
reasons = Counter()
for block in blocks:
    if block.not_run is not None:
        reasons[block.not_run] += len(block.commands)
print(f"{run} commands run ({slow} of them in the slow tests), {reasons.total()} not run:")
for reason, count in reasons.most_common():
    print(f"  {count:3} {reason}")
