"""Quality checks: each takes a table and a contract and returns findings; none writes or decides what happens to the file.

`conformance/` checks cells, `rules/` checks rows, `expectations` checks the table; `verdict` decides on their findings and
`gate` checks a candidate before it becomes a release. Not here: reading files, the lake, the order of the steps.
"""
