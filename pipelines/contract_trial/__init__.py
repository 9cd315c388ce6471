"""A contract that is not in force yet, tried on everything that was ever handed in for its dataset; nothing is written.

Here: which originals are judged, the judging as a unit of work for any engine, and what would come of it. Not here: judging again for good
(`submissions/rejudging.py`), what changed in a contract (`schemas/evolution.py`).
"""
