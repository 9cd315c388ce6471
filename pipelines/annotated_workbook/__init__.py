"""The department's own workbook back, with what is wrong marked in its cells.

Read `make.marked_workbook` first. What is said in which cell: `marks`; the first sheet: `summary`. An XLSX as it came is inked by
`inker`, a program of its own within limits (`confined` starts it), out of the parts that `original` finds in it: `sheet` and
`frame` copy a worksheet, `styles` and `notes` hold colours and comments, `package` writes the file. What came in another form, is too
large, or cannot be inked is written from what was read (`plain`).

Nothing that runs or reaches out is ever handed back: only the parts and elements that we name are copied, a formula is replaced by the
value that it had, and text that a program would take for a formula stays text. Not here: judging, or the receipt itself.
"""
