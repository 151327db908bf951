"""Sandboxes above the sandbox: one that remembers, and those that run on other machines.

Each implements `tarot_bench.sandbox.base.Sandbox`, so that grading never knows where programs run.
"""
