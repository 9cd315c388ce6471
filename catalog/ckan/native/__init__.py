"""A real CKAN with PostgreSQL, Redis and Solr as plain processes on 127.0.0.1, without containers.

Not here: what the portal is made of (`catalog/ckan/portal`), and publishing to it.
"""
