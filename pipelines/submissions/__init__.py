"""From the inbox to a receipt: finding files, keeping the untouched original, validating it, corrections on record, the receipt.

`pipelines/intake.py` calls these in order. Not here: reading files (`pipelines/read`), normalising cells (`pipelines/normalise`).
"""
