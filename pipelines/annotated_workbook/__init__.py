"""The annotated workbook: the department's own workbook, with the findings marked in its cells and a summary sheet.

Start with `make.annotate_workbook`. `annotations` decides which cell gets which mark and comment, `proposed_values` what
stands in the columns of proposals beside the table, `summary` the first sheet. An original XLSX is annotated by
`worker`, a separate process with limits, from the parts that `source_workbook` finds in it: `sheet_xml` copies the rows
of a worksheet, `sheet_frame` what is around them, `styles` and `comments` hold colours and comments, `cell_xml` writes
cells, `xlsx_package` the file. A file that came in another format, is too large, or cannot be annotated is written from
the text that was read (`rebuilt`).

No active content and no external link is handed back: only listed parts and elements are copied, a formula is replaced
by its last value, and text that a program would take for a formula stays text. Not here: validation, or the receipt
itself.
"""
