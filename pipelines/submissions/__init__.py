"""From the inbox to a receipt: finding files, storing the original, validation, recorded corrections, the receipt.

`pipelines/intake.py` calls these in order. Not here: reading files (`pipelines/read`), normalising cells (`pipelines/normalise`).
"""
