"""Releases: the public rows of a dataset in a numbered folder that never changes: its files, descriptor and differences.

Not here: who approves a release (`pipelines/review`), the rows that stand (`warehouse/lake`), catalogue entries (`catalog`).
"""
