"""The steps from an inbox to a public release, in order. Start with `intake.py` and `release.py`, the two entry points.

Not here: Dagster, settings, environment variables, the clock (times are passed in as values), or anything that `quality`,
`warehouse` or `catalog` can do alone.
"""
