"""The shop window: what the public sees of a release, and how it gets there.

`entry` says what a catalogue entry is, `plan` compares wanted with actual, `static` and (in time) `ckan` carry plans out.
Input is a release folder that somebody else froze. Not here: the lake, judging, the making of releases.
"""
