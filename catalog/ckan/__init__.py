"""CKAN as a catalogue: the publisher behind `catalog.plan.Catalogue`, and the parts of a portal of our own.

portal/    settings, schema, plugin, templates, search: the same natively and in containers
native/    starts such a portal without containers
datastore/ released files as DataStore tables
the rest   the publisher: payload (pure), api, files, journal, and the catalogues that apply plans

Not here: what an entry is (`catalog.entry`), when to publish (`pipelines`).
"""
