"""Metadata of the assets in Dagster: names, owners, kinds; after a run counts, hashes, receipts, versions.

Here: texts and numbers for the stewards' UI, taken from contracts, receipts, candidates and releases. Not here: Dagster
definitions (`assets.py`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import dagster as dg

from catalog.plan import PlanStep
from dagster_project.receipt_server import candidate_address, desk_address, receipt_address
from pipelines.publication.publish import Publication
from pipelines.release import Candidate
from pipelines.review.approvals import WaitingCandidate
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workspace import Workspace
from quality.verdict import Outcome
from schemas.assessments import describe_kinds
from schemas.contract import Contract
from schemas.people import describe_roles
from warehouse.analyst_file.database import RebuildResult
from warehouse.releases.releases import Release


class AssetStage(NamedTuple):
    """One pipeline stage: the name of its assets, what they hold, and the tools that make them."""

    zh: str
    en: str
    about: str
    kinds: frozenset[str]


STAGES = {
    "submission": AssetStage(
        "报送", "submission", "原件编号留存，内容不作改动。\n\nThe untouched files as they came, kept under their numbers.",
        frozenset({"csv", "excel"}),
    ),
    "accepted": AssetStage(
        "接收", "accepted", "逐格、逐行、整表判定，出具回执；合格的行入库。\n\nJudged by cells, rows and table; a receipt for each file; good rows go to the lake.",
        frozenset({"frictionless", "duckdb"}),
    ),
    "table": AssetStage(
        "数据表", "table", "数据湖中的当前数据，可回溯到任一版本。\n\nThe current rows in the lake, with every version before.",
        frozenset({"deltalake"}),
    ),
    "candidate": AssetStage(
        "待发布", "candidate", "拟发布的内容，须通过发布审核。\n\nWhat would become public, before the gate.",
        frozenset({"duckdb"}),
    ),
    "release": AssetStage(
        "版本", "release", "编号、冻结、不再改动的版本。\n\nFrozen and numbered; never changed again.",
        frozenset({"parquet", "csv"}),
    ),
    "published": AssetStage(
        "开放", "published", "开放目录中的条目，指向最新版本。\n\nThe entry in the open catalogue, showing the newest release.",
        frozenset({"json", "html"}),
    ),
}  # fmt: skip
CATALOGUES = {
    "static": AssetStage(
        "静态目录", "static catalogue", "可离线使用、可整体复制的开放目录。\n\nThe open catalogue as a folder that works offline and can be copied.",
        frozenset({"json", "html"}),
    ),
    "ckan": AssetStage(
        "CKAN 门户", "CKAN portal", "CKAN 门户中的条目、文件和数据表，与已发布的版本逐行一致。\n\nEntry, files and table in the CKAN portal, row by row as released.",
        frozenset({"ckan"}),
    ),
}  # fmt: skip


def asset_texts(contract: Contract, stage: str) -> dict[str, Any]:
    """Returns description, group, owner, kinds and tags of one asset of a dataset."""
    return _stage_texts(contract, stage, STAGES[stage])


def entry_texts(contract: Contract, catalogue: str) -> dict[str, Any]:
    """Returns the same for its entry in a catalogue."""
    if catalogue == "static":
        return asset_texts(contract, "published")
    return _stage_texts(contract, catalogue, CATALOGUES[catalogue])


def catalogue_texts(name: str) -> dict[str, Any]:
    """Returns the same for a whole catalogue."""
    about = CATALOGUES[name]
    return {
        "description": f"**{about.zh} · {about.en}** — {about.about}",
        "group_name": "catalogue",
        "kinds": set(about.kinds),
        "tags": {"stage": "catalogue"},
    }


def _stage_texts(contract: Contract, stage: str, step: AssetStage) -> dict[str, Any]:
    policy = contract.policy
    return {
        "description": f"**{contract.title.zh} · {contract.title.en}** — {step.zh} · {step.en}\n\n{step.about}",
        "group_name": policy.family,
        "owners": [f"team:{policy.owner}"],
        "kinds": set(step.kinds),
        "tags": {"stage": stage, "cadence": policy.cadence, "mode": policy.mode, "contract": contract.version},
    }


def receipt_metadata(workspace: Workspace, receipts: Sequence[Receipt], port: int) -> dict[str, Any]:
    """Returns files by outcome, rows accepted and held back, and facts of the newest receipt if any.

    `port` is where the receipts are served while Dagster's UI is open.
    """
    outcomes: dict[Outcome, int] = {}
    for receipt in receipts:
        outcomes[receipt.outcome] = outcomes.get(receipt.outcome, 0) + 1
    counted: dict[str, Any] = {
        "files": len(receipts),
        "rows": sum(receipt.rows for receipt in receipts),
        "accepted": sum(receipt.accepted for receipt in receipts),
        "held_back": sum(receipt.held_back for receipt in receipts),
        **{f"files_{outcome}": number for outcome, number in sorted(outcomes.items())},
    }
    return counted | (_newest_receipt(workspace, receipts[-1], port) if receipts else {})


def _newest_receipt(workspace: Workspace, receipt: Receipt, port: int) -> dict[str, Any]:
    return {
        "verdict": receipt.outcome,
        "reason": f"{receipt.reason.zh} · {receipt.reason.en}",
        "number": receipt.number,
        "sha256": receipt.sha256,
        "receipt": dg.MetadataValue.path(str(workspace.layout.receipt_file(receipt.number, "html"))),
        "open_receipt": dg.MetadataValue.url(receipt_address(port, receipt.number)),
        "dagster/partition_row_count": receipt.accepted,
    }


def table_metadata(workspace: Workspace, contract: Contract) -> dict[str, Any]:
    """Returns version, slices and rows of a dataset's lake table; version 0, slices 0 if nothing was accepted."""
    slices = workspace.lake.count_slice_rows(contract)
    return {
        "lake_version": workspace.lake.current_version(contract),
        "slices": len(slices),
        "dagster/row_count": sum(slices.values()),
        "dagster/uri": str(workspace.layout.lake_folder(contract.name)),
    }


def column_schema(contract: Contract) -> dg.TableSchema:
    """Returns the fields of a dataset as Dagster's column table, labels in both languages."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name,
                type=field.type,
                description=f"{field.label.zh} · {field.label.en}"
                + (f" ({field.policy.unit})" if field.policy.unit else ""),
                constraints=dg.TableColumnConstraints(nullable=not field.required),
            )
            for field in contract.fields
        ]
    )


def candidate_metadata(candidate: Candidate | None) -> dict[str, Any]:
    """Returns rows, content hash and lake version of a candidate, and the share of incoming rows held back."""
    if candidate is None:
        return {"rows": 0, "state": "尚无接收的数据 · nothing accepted yet"}
    return {
        "rows": candidate.rows.counted.rows,
        "lake_version": candidate.lake_version,
        "content_hash": candidate.content_hash,
        "objections": len(candidate.objections),
        "waived": "; ".join(
            f"{one.finding.type} → {one.waiver.until} ({one.waiver.person})" for one in candidate.waived
        ),
        "rows_submitted": candidate.quality["rows_submitted"],
        "held_back": candidate.quality["rows_held_back"],
        "completeness": candidate.quality["completeness"],
    }


def release_metadata(workspace: Workspace, made: Release | None, last: Release | None) -> dict[str, Any]:
    """Returns the newest release, and whether this run made it."""
    if last is None:
        return {"state": "尚无版本 · no release yet"}
    return {
        "state": "新发布 · new" if made else "无变化 · unchanged",
        "number": last.number,
        "content_hash": last.content_hash,
        "dagster/row_count": last.rows,
        "lake_version": last.lake_version,
        "folder": dg.MetadataValue.path(str(workspace.layout.release_folder(last.dataset, last.number))),
    }


def desk_metadata(port: int) -> dict[str, Any]:
    """Returns the link to the desk, served at that port while Dagster's UI is open."""
    return {"open_desk": dg.MetadataValue.url(desk_address(port))}


def waiting_metadata(waits: Sequence[WaitingCandidate], port: int) -> dict[str, Any]:
    """Returns for whose approval a dataset waits, who refuses it, what it lacks, and the link to its candidate; empty if it waits for nobody."""
    found: dict[str, Any] = {}
    for one in waits:
        missing, lacking = describe_roles(one.review.missing), describe_kinds(one.review.lacking)
        refused = "; ".join(f"{decision.person}: {decision.reason}" for decision in one.review.refusals)
        found = {
            "waits_for": f"{missing.zh} · {missing.en}" if one.review.missing else "—",
            **({"refused": refused} if refused else {}),
            **({"lacking": f"{lacking.zh} · {lacking.en}"} if one.review.lacking else {}),
            "open_candidate": dg.MetadataValue.url(candidate_address(port, one.dataset)),
        }
    return found


def step_metadata(step: PlanStep | None, place: str) -> dict[str, Any]:
    """Returns what was done about a dataset's entry in a catalogue."""
    if step is None:
        return {"state": "不在目录中：尚无版本，或已停止开放 · not in the catalogue: no release yet, or withdrawn"}
    return {
        "action": step.action,
        "release": step.release or "—",
        "fingerprint": step.fingerprint or "—",
        "catalogue": dg.MetadataValue.url(place),
    }


def publication_metadata(done: Publication, place: str) -> dict[str, Any]:
    """Returns counts of entries created, updated, retired and kept, the number of writes, and the plan as a table."""
    heads = ("action", "dataset", "release", "fingerprint")
    records = [dg.TableRecord(dict(zip(heads, row, strict=True))) for row in done.plan.plan_rows()]
    schema = dg.TableSchema(columns=[dg.TableColumn(head, "string") for head in heads])
    return {
        **done.outcome.model_dump(),
        "catalogue": dg.MetadataValue.url(place),
        "plan": dg.MetadataValue.table(records=records, schema=schema),
    }


def rebuild_metadata(made: RebuildResult) -> dict[str, Any]:
    """Returns the rows of the analysts' file by dataset, and whether it was written."""
    return {
        "state": "已重建 · made anew" if made.written else "无变化 · unchanged",
        "dagster/row_count": sum(made.rows.values()),
        "rows": dg.MetadataValue.json(dict(made.rows)),
        "file": dg.MetadataValue.path(str(made.path)),
    }
