"""Readers of formats that name each value: JSON, GeoJSON and Parquet.

Not here: what a name means (`pipelines/columns`).
"""
