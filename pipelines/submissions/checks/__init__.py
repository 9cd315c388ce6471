"""Checks of one file by itself: its cells, its rows, its figures as a whole.

Not here: comparison with what stands in the lake (`pipelines/submissions/comparisons`), the rules themselves (`quality`).
"""
