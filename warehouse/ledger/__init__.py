"""The ledger: every decision of the platform, on one host or several, its index, and what is derived from its entries.

Not here: the rows themselves (`warehouse/lake`), what a decision means for a hand-in (`pipelines`).
"""
