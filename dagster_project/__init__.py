"""Dagster definitions, one file for each Dagster concept, plus settings and the command line.

The only package that imports Dagster and reads the clock and the environment. Not here: data logic, SQL, paths as
strings. Asset bodies unwrap, call `pipelines`, and return counted metadata.
"""
