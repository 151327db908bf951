"""Leaderboards: bundles of runs, their verification by re-grading, signed attestations.

A submission is one zip file, the bundle (`bundle`). It is written from a finished run (`submission`) and read without
trust (`archive`). Verifying it compares what it states with what the verifier's own data and sandbox give
(`statements`, `regraded`, `programs`), and ends in a signed attestation (`attestation`).

What needs `tarot_bench.evaluation` is in `tarot_bench.api.leaderboard`.
"""
