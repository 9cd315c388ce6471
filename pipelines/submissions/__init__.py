"""From the inbox to a receipt: finding files, storing the original, validation, recorded corrections, the receipt.

Folders in the order in which a file walks them: `inbox/`, `checks/`, `comparisons/`, `proposals/`, then the verdict (`validation.py`),
`receipts/`, `decisions/`.

`pipelines/intake.py` calls these in order. Not here: reading files (`pipelines/read`), normalising cells (`pipelines/normalise`).
"""
