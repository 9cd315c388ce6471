"""The contract language and the contracts.

Holds `datasets/*.yaml` (one contract per dataset), `bureau.yaml` (what they inherit), `rules/rule_texts.yaml` (default texts of
rules without their own), `codelists/` (valid codes and their dates), `departments.csv` (submitting units), `calendar/`
(working days), and the typed readers of these files. All other packages read contracts only through this one. Not here: data,
quality checks, any I/O outside this folder.

Folders: `rules/` (kinds of rules), `time_limits/`, and `execution/` (threads, engines, temporary files; nothing about datasets, used by
all packages).
"""
