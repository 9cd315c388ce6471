"""Storage: the lake, the ledger, the releases, and the DuckDB file that is rebuilt from them.

The lake and the ledger are the source of truth; everything else can be rebuilt. Not here: quality checks, business rules, HTTP.

Folders, each of which uses only those after it: `analyst_file/`, `releases/`, `lake/`, `ledger/`; `storage/` is the bucket of both. Beside
them: paths, files, SQL and types that all need.
"""
