"""Reading: bytes that a department handed in become a table of text, or one clear refusal.

Read `dispatch.read` first. What the bytes are: `sniff`. Text and its encoding: `encoding`, `delimited`. Workbooks:
`archive` and `compound` (what opening one may cost), `workbook`. JSON: `records`, `features`. Shared by all: `header` (which
record is the header), `tabulate` (records to columns), `reading` (the result, the limits). Not here: what a label means
(`pipelines/labels.py`), rewriting values (`pipelines/normalise`), judging.
"""

from pipelines.read.dispatch import read
from pipelines.read.reading import Reading

__all__ = ["Reading", "read"]
