"""Jobs over assets: the inbox scan, an intake per dataset, releases, publication, freshness, refresh.

A gate that blocks one dataset must not keep the others from the catalogue, so releases and publication are two jobs. Not here: what
their assets do (`assets.py`), jobs of one step, and schedules (`jobs.py`).
https://docs.dagster.io/guides/build/jobs/asset-jobs
"""

from collections.abc import Iterable

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from dagster_project.checks import FRESHNESS
from dagster_project.instance import DATASET_TAG
from dagster_project.partitions import asset_key, published_key
from dagster_project.time_limit_checks import TIME_LIMITS

INBOX, RELEASE, PUBLISH, REFRESH = "inbox_look", "release", "publish", "refresh"
FILE_TAG = "file"
"""The tag with the name of the file of a run, as it was handed in."""


def intake_job_name(dataset: str) -> str:
    """`facility_intake`."""
    return f"{dataset}_intake"


def build_inbox_job() -> Job:
    """Returns the job that scans the inbox."""
    return dg.define_asset_job(
        INBOX,
        selection=_asset_selection(dg.AssetKey("inbox")),
        description="收件夹 · Look through the inbox; refuse misnamed files.",
    )


def build_intake_job(dataset: str) -> Job:
    """Returns the intake of one dataset."""
    return dg.define_asset_job(
        intake_job_name(dataset),
        selection=_asset_selection(*(asset_key(dataset, stage) for stage in ("submission", "accepted", "table"))),
        tags={DATASET_TAG: dataset},
        description=f"接收 {dataset} · From the inbox to the lake, for any slices of {dataset}.",
    )


def build_release_job(datasets: Iterable[str]) -> Job:
    """Returns the release job over those datasets."""
    keys = (asset_key(name, stage) for name in datasets for stage in ("candidate", "release"))
    return dg.define_asset_job(
        RELEASE,
        selection=_asset_selection(*keys),
        description="版本 · Candidates, gate, and a release of every dataset that has changed.",
    )


def build_publish_job(datasets: Iterable[str], catalogues: Iterable[str]) -> Job:
    """Returns the job that publishes all of those datasets to those catalogues, and renews the warehouse."""
    return dg.define_asset_job(
        PUBLISH,
        selection=_asset_selection(*published_keys(datasets, catalogues), dg.AssetKey("warehouse")),
        description="开放 · Bring every catalogue to what should be public and make the warehouse anew.",
    )


def build_refresh_job() -> Job:
    """Returns the job that renews the warehouse alone."""
    return dg.define_asset_job(
        REFRESH,
        selection=_asset_selection(dg.AssetKey("warehouse")),
        description="重建 · Make the warehouse anew if anything has changed. Leaves the tables alone: their freshness is the intake's.",
    )


def build_freshness_job(datasets: Iterable[str], limited: Iterable[str]) -> Job:
    """Returns the job that looks who is late, in every dataset, and what is overdue by law in the `limited` ones."""
    keys = [dg.AssetCheckKey(asset_key(name, "table"), FRESHNESS) for name in datasets]
    keys += [dg.AssetCheckKey(asset_key(name, "table"), TIME_LIMITS) for name in limited]
    return dg.define_asset_job(
        FRESHNESS,
        selection=dg.AssetSelection.checks(*keys),
        description="及时性 · Which departments have not handed in what is due, and what is overdue by law.",
    )


def published_keys(datasets: Iterable[str], catalogues: Iterable[str]) -> list[dg.AssetKey]:
    """Returns the keys of the catalogues and of all datasets' entries in them."""
    names = list(datasets)
    return [
        key
        for catalogue in catalogues
        for key in (dg.AssetKey(catalogue), *(published_key(dataset, catalogue) for dataset in names))
    ]


def _asset_selection(*keys: dg.AssetKey) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*keys)
