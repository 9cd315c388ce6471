"""Datasets that the platform builds from others, as their contracts say (`built`), and hands in to itself like a department.

Start with `hand_in.py`. Not here: the queries (the contracts), intake, release.
"""
