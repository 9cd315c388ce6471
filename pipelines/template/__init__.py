"""The Excel template (采集模板) of a dataset, made from its contract and from nothing else.

Read `make.template` first. The sheet that is filled in: `data_sheet`, with its limits in `limits` and drop-downs from `codes_sheet`; how
to fill it in: `guide_sheet`; what they look like: `look`. A hidden sheet holds the stamp (`pipelines/workbook_stamp.py`) by which intake knows
the template again. Not here: judging what is filled in; intake takes a filled template like any other workbook.
"""
