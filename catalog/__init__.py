"""Catalogues: what the public sees of a release, and how it is published.

`entry` defines a catalogue entry, `plan` compares wanted with actual, `static` and `ckan` apply plans. The input is a
release folder that is already frozen. Not here: the lake, quality checks, building releases.
"""
