"""Mutation: programs with one fault put into them."""

from tarot_bench.mutation.mutants import Mutant, mutants, mutate

__all__ = ["Mutant", "mutants", "mutate"]
