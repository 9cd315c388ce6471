"""The CKAN catalogue: a real portal behind `catalog.plan.Catalogue`, and what a portal of ours is made of.

    portal/   settings, schema, plugin, templates, search: the same natively and in containers
    native/   starts such a portal without containers
    the rest  the publisher: payload (pure), api, tables, files, journal, and the catalogue that carries plans out

Not here: what an entry is (`catalog.entry`), when to publish (`pipelines`).
"""
