"""Slices as Dagster sees them: one dynamic set of partitions a dataset, a key `<department>|<period>` each.

Here: the names, and which stretches of a set one run can take. Not here: which slices exist (files in the inbox say so).
https://docs.dagster.io/guides/build/partitions-and-backfills/partitioning-assets#dynamic-partitions
"""

from collections.abc import Collection, Sequence

import dagster as dg

from schemas.slices import SliceKey


def partition_set_name(dataset: str) -> str:
    """The name under which an instance keeps a dataset's partitions."""
    return f"{dataset}_slices"


def build_partitions_def(dataset: str) -> dg.DynamicPartitionsDefinition:
    """The partitions of a dataset's slices."""
    return dg.DynamicPartitionsDefinition(name=partition_set_name(dataset))


def partition_key(key: SliceKey) -> str:
    """`210100|2026`."""
    return f"{key.department}|{key.period}"


def parse_partition(dataset: str, partition: str) -> SliceKey:
    """The slice behind a partition's key; ValueError if it is not `<department>|<period>`."""
    department, period = partition.split("|")
    return SliceKey(dataset=dataset, department=department, period=period)


def contiguous_ranges(known: Sequence[str], wanted: Collection[str]) -> list[tuple[str, str]]:
    """First and last key of every unbroken stretch of `known` that is wanted: one run can take a stretch whole.

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
    """`facility_opening_accepted`; a stage's name has no underscore."""
    return dg.AssetKey(f"{dataset}_{stage}")


def published_key(dataset: str, catalogue: str) -> dg.AssetKey:
    """The entry of a dataset in a catalogue: `facility_published` in the static one, `facility_ckan` in a CKAN."""
    return asset_key(dataset, "published" if catalogue == "static" else catalogue)


def dataset_name(key: dg.AssetKey) -> str:
    """The dataset that an asset of some stage belongs to."""
    return key.path[-1].rpartition("_")[0]


def stage_name(key: dg.AssetKey) -> str:
    """The stage of that asset."""
    return key.path[-1].rpartition("_")[2]
