"""Wiring, one file a Dagster noun, plus settings and the command line. The only room that knows Dagster, the clock and the environment.

Not here: data logic, SQL, paths as strings. Asset bodies unwrap, call `pipelines`, and return counted metadata.
"""
