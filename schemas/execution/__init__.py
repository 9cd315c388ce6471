"""How work is done in all rooms: threads, engines and their workers, temporary files, caches, the version of the code.

Nothing here knows of datasets. Not here: contracts and what they are made of (`schemas`).
"""
