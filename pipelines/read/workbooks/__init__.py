"""Readers of XLSX, XLS and ODS, and of ZIP archives, which two of them are: sheets, number formats, and what only the XML holds.

Start with `workbook.py`. A file is opened by `workbook_worker.py` in a process of its own, so that a damaged or hostile one cannot
end ours. Not here: which rows of a sheet are data (`pipelines/read/tables`).
"""
