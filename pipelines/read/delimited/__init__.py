"""The reader of delimited text (CSV), and what only such files have: encodings, stray quotes, decimal commas, padding.

Start with `delimited_text.py`. Not here: which rows are data (`pipelines/read/tables`).
"""
