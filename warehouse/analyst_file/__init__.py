"""The analysts' file `warehouse.duckdb`: its tables and views, when it is built anew, and queries to it.

Not here: the lake and the releases, from which it is built (`warehouse/lake`, `warehouse/releases`).
"""
