"""Reading of submitted files: the bytes become a table of text, or the file is refused with one clear message.

Start with `dispatch.read_file`, which chooses the reader by the content (`sniff`). Folders: the readers of formats, `workbooks/`,
`delimited/` and `records/`, and what they share, `tables/`: which rows and columns of the file are the table. Beside them: `reading`
(the result and the limits), `defects` and `marked_cells` (findings that only a reader can make), `damaged_codes` (codes that a
spreadsheet changed), `damaged_text` and `mojibake` (text in the wrong encoding). Not here: what a label means
(`pipelines/columns/column_matching.py`), rewriting values (`pipelines/normalise`), validation.
"""

from pipelines.read.dispatch import read_file
from pipelines.read.reading import Reading

__all__ = ["Reading", "read_file"]
