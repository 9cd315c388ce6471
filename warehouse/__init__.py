"""Storage: the lake, the ledger, the releases, and the DuckDB file that is rebuilt from them.

The lake and the ledger are the source of truth; everything else can be rebuilt. Not here: quality checks, business rules, HTTP.
"""
