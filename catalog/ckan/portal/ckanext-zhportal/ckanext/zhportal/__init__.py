"""The parts of the plugin `zhportal`; `plugin.py` wires them. Runs inside CKAN's environment: nothing of sportlake is imported here."""
