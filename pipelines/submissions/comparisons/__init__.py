"""Comparisons of a file with the rows that stand in the lake, and with what other departments and datasets hand in.

Not here: checks of one file by itself (`pipelines/submissions/checks`).
"""
