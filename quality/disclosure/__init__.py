"""Disclosure: what may not become public, wherever it stands: personal data, columns about persons, negative list, small cells.

Its settings are `schemas/disclosure.yaml`. Not here: what follows from a finding (`quality/gate.py`, `pipelines`).
"""
