"""Erasure: a value of a person is removed for good, everywhere the platform keeps it, by decision of two people.

    sought_values   how a value may be written, and what takes its place in a text
    tables          typed rows without the value
    raw_bytes       files of any kind without the value: text in its encoding, ZIP packages, workbooks, Parquet
    found_places    every file of an installation that holds it
    requests        who asks, who confirms; the value itself is kept nowhere
    lake, public_releases, originals, ledger_texts   what must stay consistent when a value leaves it
    carry_out       the order of the steps; killed anywhere, the same command goes on

What cannot be done from here: copies that others made of what was public, backups, and the memory of Dagster, which its own layer forgets.
"""
