"""Which records of venues are likely one venue: names made comparable, candidate pairs, a score in words. Pure.

Not here: reading records from the lake, decisions of people, identities (`pipelines/venues`).
"""
