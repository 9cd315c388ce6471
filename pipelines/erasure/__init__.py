"""Erasure: a value of a person is removed for good, everywhere the platform keeps it, by decision of two people.

    sought_values   how a value may be written, and what takes its place in a text
    tables          typed rows without the value
    raw_bytes       files of any kind without the value: text in its encoding, ZIP packages, workbooks, Parquet
    found_places    every file of an installation that holds it
    requests        who asks, who confirms; the value itself is kept nowhere
    originals       kept files, with their hashes before and after
    carry_out       the order of the steps; killed anywhere, the same command goes on

What cannot be done from here: copies that others made of what was public, backups, and the memory of Dagster and of a portal, which the layers
above let go. Compressed formats other than ZIP packages and Parquet are searched as the bytes they are, `people.yaml` is not.
"""
