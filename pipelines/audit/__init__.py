"""Evidence: where a public row comes from, whether the ledger is whole, and whether verdicts and releases come out the same again.

Read only, but for the time stamps. Not here: what the evidence is made of, which is written where it happens.
"""
