"""The table within the rows of a file, for all formats: its header, its columns, and rows that are notes, totals or lost.

Start with `tabulate.py`. Not here: opening a file of a format (the folders beside this one), what a column means
(`pipelines/columns`).
"""
