"""What is run together: one intake a dataset, the look through the inbox, all releases, the publication, the weekly refresh.

A gate that closes on one dataset must not keep the others from the catalogue, so releases and publication are two jobs.
https://docs.dagster.io/guides/build/jobs/asset-jobs
"""

from collections.abc import Iterable

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

INBOX, RELEASE, PUBLISH, REFRESH = "inbox", "release", "publish", "refresh"


def intake_name(dataset: str) -> str:
    """`facility_intake`."""
    return f"{dataset}_intake"


def jobs_for(datasets: Iterable[str]) -> list[UnresolvedAssetJobDefinition]:
    """Every job of an installation with those datasets."""
    names = list(datasets)
    return [
        dg.define_asset_job(
            INBOX, selection=_keys(["inbox"]), description="收件箱 · Look through the inbox; refuse misnamed files."
        ),
        *(_intake(name) for name in names),
        dg.define_asset_job(
            RELEASE,
            selection=_keys(*([name, stage] for name in names for stage in ("candidate", "release"))),
            description="发布版 · Candidates, gate, and a release of every dataset that has changed.",
        ),
        dg.define_asset_job(
            PUBLISH,
            selection=_keys(*([name, "published"] for name in names), ["warehouse"]),
            description="上架 · Bring the catalogue to the newest releases and make the warehouse anew.",
        ),
        dg.define_asset_job(
            REFRESH,
            selection=_keys(*([name, "table"] for name in names), ["warehouse"]),
            description="重建 · Look at every table in the lake again and make the warehouse anew.",
        ),
    ]


def _intake(dataset: str) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        intake_name(dataset),
        selection=_keys(*([dataset, stage] for stage in ("submission", "accepted", "table"))),
        description=f"接收 {dataset} · From the inbox to the lake, for any slices of {dataset}.",
    )


def _keys(*paths: list[str]) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(dg.AssetKey(path) for path in paths))
