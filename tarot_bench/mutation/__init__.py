"""Mutation: programs with one seeded fault."""

from tarot_bench.mutation.mutants import Mutant, mutants, mutate

__all__ = ["Mutant", "mutants", "mutate"]
