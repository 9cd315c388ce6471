"""Catalogues: what the public sees of a release, and how it is published.

`entry` defines a catalogue entry, `plan` compares wanted with actual, `static_site/` and `ckan/` apply plans. The input is a
release folder that is already frozen. Not here: the lake, quality checks, building releases.

Folders: `static_site/` and `ckan/` publish; `finder/` and `table/` are the venue finder and the table browser, for both; `pictures/`
(charts, maps) and `standards/` (DCAT, schema.org and others) draw and describe one entry; `pages/` has the templates. Beside them:
entries, plans, and what several folders need.
"""
