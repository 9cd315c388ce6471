"""Alerts: one digest a day for each department and role, about what is new, soon due or late; and failed runs at once.

Start with `digest.py`. Not here: what people must do (`work_items`), addresses (`schemas/recipients.py`), when it is sent
(`dagster_project`).
"""
