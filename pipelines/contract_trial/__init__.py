"""A contract tried on everything that was ever handed in for its dataset, and then applied to what stands.

Here: which originals are judged, the judging as a unit of work for any engine, the effects, and, once the contract is in force, a new
judgement of everything that stands, as one decision in the ledger. A trial writes nothing. Not here: a new judgement of one hand-in
(`pipelines/submissions/decisions/rejudging.py`), what changed in a contract (`schemas/evolution.py`).
"""
