"""Values that are proposed for wrong cells: finding them, trying them out, and taking those that a department accepted.

Not here: writing them into the marked workbook (`pipelines/annotated_workbook`).
"""
