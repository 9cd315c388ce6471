"""The order of things. Read `intake.py` and `release.py` first: they are the two corridors, everything else is a room.

Not here: Dagster, settings, the environment, the clock (a moment comes in as a value), or anything that one of the
rooms (`quality`, `warehouse`, `catalog`) can do by itself.
"""
