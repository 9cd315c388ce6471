"""How bad a finding is. Not here: what is found (`quality/findings.py`), and what it leads to (`quality/verdict.py`)."""

from typing import Literal

Severity = Literal["error", "warning", "info"]
"""An error holds its row back; a warning is to be looked at; an info is only said."""
