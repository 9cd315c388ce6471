"""What is decided about a hand-in after its verdict: acceptance of findings, retraction, and judging it again.

Not here: corrections on record, which are part of a verdict (`pipelines/submissions/corrections.py`).
"""
