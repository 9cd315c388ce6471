"""The store and its memory: lake, ledger, releases, and the warehouse file that is rebuilt from them.

Truth is the lake plus the ledger; everything else can be made again. Not here: judging, business rules, HTTP.
"""
