"""Reading: bytes that a department handed in become a table of text, or one clear refusal.

Read `dispatch.read` first. What the bytes are: `sniff`. Text and its encoding: `encoding`, `delimited`. Workbooks:
`workbook`, `sheets`, `archive`, `unshown`, and `apart` with its `opener`, because the worst file must not take us along. JSON:
`records`, `features`. Parquet: `columnar`. One file in a ZIP: `packed`. Shared by all: `header` (which record is the header),
`tabulate` (records to columns), `footer` (what stands below them), `spoiled` (codes that a spreadsheet spoiled), `defects`
(findings that only a reader can make), `reading` (the result, the limits). Not here: what a label means
(`pipelines/column_matching.py`), rewriting values (`pipelines/normalise`), judging.
"""

from pipelines.read.dispatch import read_file
from pipelines.read.reading import Reading

__all__ = ["Reading", "read_file"]
