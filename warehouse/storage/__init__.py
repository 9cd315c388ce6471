"""The storage of an installation in a bucket: what is durable there, in which order, and how a home follows it.

Not here: the setting (`dagster_project/settings.py`), what a file says.
"""
