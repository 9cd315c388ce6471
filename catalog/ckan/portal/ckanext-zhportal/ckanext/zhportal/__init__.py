"""Parts of the plugin `zhportal`; `plugin.py` wires them. Runs in CKAN's environment, in which sportlake is not installed."""
