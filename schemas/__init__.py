"""The contract language and the contracts.

Here: `datasets/*.yaml` (one contract a dataset), `bureau.yaml` (what they inherit), `rule_texts.yaml` (what a rule says that
has no words of its own), `codelists/` (what a code may be, and since when), `departments.csv` (who hands in), `calendar/`
(working days), and the small typed reader of them. Not here: data, judging, any I/O beyond this folder. Everything above
reads contracts from here and from nowhere else.
"""
