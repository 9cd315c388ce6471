"""The storage of an installation in a bucket: what is kept there, in which order it is uploaded, and how a home follows it.

Words: to put is to upload an object; to follow the bucket is to download what other hosts have put since the last time. Not here: the
setting (`dagster_project/settings.py`), the content of files.
"""
