"""The steward's desk: what came today, who must do what, what waits for a decision, and what was decided last, as static pages.

Start with `desk_pages.py`. Not here: which work items are open (`pipelines/work_items`), taking decisions.
"""
