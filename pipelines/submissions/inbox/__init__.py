"""From a file in the inbox to a submission with a number: names, periods, who may hand in, and storing the original.

Not here: reading the file (`pipelines/read`), judging it (`pipelines/submissions/validation.py`).
"""
