"""Time limits of law and of contracts: their lengths and last days, working days, and the sentences that tell of them.

Not here: what was due when (`warehouse/deadlines.py`), the tables of limits and holidays (`schemas/calendar`).
"""
