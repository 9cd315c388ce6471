"""Slices as Dagster partitions: one dynamic set per dataset, keys `<department>|<period>`; and the asset keys.

An asset key is `<dataset>_<stage>`, in one part, because Dagster's graph displays only the last part of a key. Here:
the names, and which ranges of a set one run can take. Not here: which slices exist (files in the inbox decide), what
the stages are (`metadata.py`).
https://docs.dagster.io/guides/build/partitions-and-backfills/partitioning-assets#dynamic-partitions
"""

from collections.abc import Collection, Sequence

import dagster as dg

from schemas.slices import SliceKey


def partition_set_name(dataset: str) -> str:
    """Returns the name under which an instance stores a dataset's partitions."""
    return f"{dataset}_slices"


def build_partitions_def(dataset: str) -> dg.DynamicPartitionsDefinition:
    """Returns the partitions of a dataset's slices."""
    return dg.DynamicPartitionsDefinition(name=partition_set_name(dataset))


def partition_key(key: SliceKey) -> str:
    """`210100|2026`."""
    return f"{key.department}|{key.period}"


def parse_partition(dataset: str, partition: str) -> SliceKey:
    """Returns the slice of a partition key; ValueError if it is not `<department>|<period>`."""
    department, period = partition.split("|")
    return SliceKey(dataset=dataset, department=department, period=period)


def contiguous_ranges(known: Sequence[str], wanted: Collection[str]) -> list[tuple[str, str]]:
    """Returns first and last key of every contiguous range of `known` that is wanted: one run can take a whole range.

    Wanted keys that are not known are left out.
    """
    found: list[tuple[str, str]] = []
    open_ = False
    for key in known:
        if key in wanted:
            found = [*found[:-1], (found[-1][0], key)] if open_ else [*found, (key, key)]
        open_ = key in wanted
    return found


def asset_key(dataset: str, stage: str) -> dg.AssetKey:
    """Returns for example `facility_opening_accepted`; a stage's name has no underscore."""
    return dg.AssetKey(f"{dataset}_{stage}")


def published_key(dataset: str, catalogue: str) -> dg.AssetKey:
    """Returns the key of a catalogue entry: `facility_published` in the static catalogue, `facility_ckan` in a CKAN."""
    return asset_key(dataset, "published" if catalogue == "static" else catalogue)


def dataset_name(key: dg.AssetKey) -> str:
    """Returns the dataset of an asset."""
    return key.path[-1].rpartition("_")[0]


def stage_name(key: dg.AssetKey) -> str:
    """Returns the stage of that asset."""
    return key.path[-1].rpartition("_")[2]
