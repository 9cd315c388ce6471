"""The judges. Each takes a table and a contract and returns findings; none writes, none decides what becomes of the file.

`conformance/` judges cells, `rules/` judges rows, `expectations` judges the table; `verdict` weighs their findings and
`gate` looks at a candidate before it becomes a release. Not here: reading files, the lake, the order of the walk.
"""
