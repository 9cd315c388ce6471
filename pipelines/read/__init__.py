"""Reading of submitted files: the bytes become a table of text, or the file is refused with one clear message.

Start with `dispatch.read_file`. Format detection: `sniff`. Text and its encoding: `encoding`, `delimited_text`.
Workbooks: `workbook`, `sheets`, `workbook_xml`, and `workbook_process`, which runs `workbook_worker` in a separate
process so that a damaged or hostile file cannot end ours. JSON: `json_records`, `features`. Parquet: `parquet`. ZIP
archives: `zip_archive`. Delimited text only: `padding` (bytes after its end), `swallowed_rows` (rows that a stray quote
made part of a cell), `decimal_commas`. JSON only: `paging` (one page of several). Shared by all formats: `header` (which
record is the header), `tabulate` (records to columns), `short_rows` (rows that lack optional cells), `footer` (rows below
the data), `repeated_header` (further headers among them), `index_columns` (row numbers of programs), `damaged_codes`
(codes that a spreadsheet changed), `defects` and `row_defects` (findings that only a reader can make), `reading` (the result and the
limits). Not here: what a label means (`pipelines/columns/column_matching.py`), rewriting values (`pipelines/normalise`),
validation.
"""

from pipelines.read.dispatch import read_file
from pipelines.read.reading import Reading

__all__ = ["Reading", "read_file"]
