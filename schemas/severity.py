"""The severity of a finding. Not here: findings (`quality/findings.py`), and their consequences (`quality/verdict.py`)."""

from typing import Literal

Severity = Literal["error", "warning", "info"]
"""An error holds its row back; a warning should be reviewed; an info is only reported."""
