"""A contract tried on everything that was ever handed in for its dataset, and then applied to what stands.

Here: which originals are judged, the judging as a unit of work for any engine, what would come of it, and, once the contract is in
force, everything that stands judged again by it as one decision in the ledger. A trial writes nothing. Not here: judging one hand-in again
for good (`submissions/rejudging.py`), what changed in a contract (`schemas/evolution.py`).
"""
