"""What the assets are called: `<dataset>_<stage>`, in one part, for Dagster's graph shows nothing but the last part of a key.

Here: the names and how to read a dataset off them. Not here: what the stages are (`metadata.py`).
"""

import dagster as dg


def key_of(dataset: str, stage: str) -> dg.AssetKey:
    """`facility_opening_accepted`; a stage's name has no underscore."""
    return dg.AssetKey(f"{dataset}_{stage}")


def published_key(dataset: str, catalogue: str) -> dg.AssetKey:
    """The entry of a dataset in a catalogue: `facility_published` in the static one, `facility_ckan` in a CKAN."""
    return key_of(dataset, "published" if catalogue == "static" else catalogue)


def dataset_of(key: dg.AssetKey) -> str:
    """The dataset that an asset of some stage belongs to."""
    return key.path[-1].rpartition("_")[0]


def stage_of(key: dg.AssetKey) -> str:
    """The stage of that asset."""
    return key.path[-1].rpartition("_")[2]
