"""The rules and expectations that a contract may state, as frozen models with their default texts.

Not here: judging them (`quality/rules`, `quality/expectations.py`).
"""
