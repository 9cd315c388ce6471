"""The lake: the accepted rows of every dataset with their whole history, as parts of Delta tables, and which of them stand.

Not here: releases of the rows (`warehouse/releases`), tables for analysts (`warehouse/analyst_file`).
"""
