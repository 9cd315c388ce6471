"""Storage: the lake, the ledger, the releases, and the DuckDB file that is rebuilt from them.

The lake and the ledger are the source of truth; everything else can be rebuilt. Not here: quality checks, business rules, HTTP.

Folders, each of which imports only from those after it: `analyst_file/`, `releases/`, `lake/`, `ledger/`. `storage/` keeps what is
durable in a bucket, on behalf of lake and ledger. Beside them are paths, files, SQL and types, which all folders use.
"""
