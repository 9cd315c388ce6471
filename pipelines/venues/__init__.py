"""Venues known under several names: what a steward decided, and the public identity that follows from it.

Start with `venue_proposals.py`. Not here: which records are likely one venue (`quality/venues`), the tables for analysts (`warehouse/analyst_file/venues.py`).
"""
