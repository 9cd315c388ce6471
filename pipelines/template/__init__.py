"""The Excel template (采集模板) of a dataset, generated from its contract alone.

Start with `template_workbook.build_template`. The sheet to fill in, the code lists and the styles: `data_sheet`; the limits of
cells: `limits`; the instructions: `guide_sheet`. A hidden sheet holds the stamp (`pipelines/workbook_stamp.py`) by which intake
recognises the template. Not here: validation; intake reads a filled template like any other workbook.
"""
