"""The review of a candidate before it is released: who must decide, who has, and what they see.

Start with `approvals.py`, the state of a review; `decisions.py` takes the decisions. Not here: the objections of the gate
(`quality/gate.py`), making releases (`pipelines/release.py`).
"""
