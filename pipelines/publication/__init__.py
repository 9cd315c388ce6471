"""What every catalogue shows, and the decisions about it: publish, roll back, withdraw, and what is due.

`pipelines/release.py` makes the releases. Not here: the catalogues themselves (`catalog`).
"""
