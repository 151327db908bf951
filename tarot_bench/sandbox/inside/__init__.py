"""Code that runs inside the jail: standard library only, and self-contained.

The directory is bound read-only into every jail under the same dotted name, next to `tarot_bench.sandbox.values`; no
other file of this package exists there.
"""
