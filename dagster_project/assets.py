"""The pipeline as Dagster assets, generated from the contracts: a new contract gives six new assets without code here.

    inbox ─▶ <dataset>_submission ─▶ _accepted ─▶ _table ─▶ _candidate ─▶ _release ─▶ _published, static
             slices                  slices         │                        │          └──▶ warehouse
                                                    └────────────────────────┼────────────────▶ ┘
                                                                             └─▶ _ckan, ckan (if there is one)

Bodies unwrap, call `pipelines`, and return counted metadata; no table passes between them. Not here: the texts of the
metadata (`metadata.py`), the checks (`checks.py`), or any rule about data.
https://docs.dagster.io/guides/build/assets/defining-assets
"""

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from dagster_project import batches, checks, metadata
from dagster_project.catalogues import catalogue_address
from dagster_project.instance import PROCESS_TAG, SAMPLE_REVIEW_TAG
from dagster_project.partitions import asset_key, build_partitions_def, parse_partition, published_key
from dagster_project.resources import WorkspaceResource
from dagster_project.slice_history import TAKEN, build_slice_events, report_slices
from dagster_project.time_limit_checks import build_freshness_policy
from pipelines.desk.desk_pages import refresh_pages
from pipelines.publication.due import releases_due
from pipelines.publication.emptied_datasets import withdraw_emptied
from pipelines.publication.publish import publish_entries
from pipelines.refusal import record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.approvals import list_waiting
from pipelines.review.sample_review import approve_sample
from pipelines.submissions.inbox.submission import find_submissions
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.timeliness import find_sent_back
from pipelines.workspace import Workspace
from schemas.contract import Contract
from warehouse.releases.releases import list_releases

# One run takes many slices: a separate run costs 0.6 s, a slice within a run 0.03 s.
SINGLE_RUN = dg.BackfillPolicy.single_run()
# Dagster 1.13 takes an annotation with a type argument for a tuple of outputs.
if TYPE_CHECKING:
    Materialized: TypeAlias = dg.MaterializeResult[None]
else:
    Materialized = dg.MaterializeResult


@dg.asset(
    key="inbox",
    group_name="inbox",
    kinds={"file"},
    tags={"stage": "inbox"},
    check_specs=[checks.build_files_check_spec(dg.AssetKey("inbox"))],
    description="**收件夹 · Inbox** — 各单位报送的文件；名称或位置有误的文件在此拒收并出具回执。\n\n"
    "Files from the departments. One whose name or folder says no slice of ours is refused here, with a receipt.",
)
def scan_inbox(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> Materialized:
    """Scans the inbox once: misnamed files are refused, all others wait for their dataset."""
    home = workspace.open_workspace()
    found, refused = batches.refuse_misnamed(home, workspace.current_time())
    if refused:
        _refresh_pages(context, workspace, home)
    port = workspace.receipts_port
    return Materialized(
        metadata={"files": found, **metadata.receipt_metadata(home, refused, port), **metadata.desk_metadata(port)},
        check_results=[checks.build_files_check_result(refused, port)],
    )


@contextmanager
def ignore_previews() -> Iterator[None]:
    """Ignores warnings about parts of Dagster that are marked beta in 1.13: we pin the minor version and test what we use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        yield


def build_intake_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """Returns the assets of one dataset from submission to table."""
    return [_submission_asset(contract), _accepted_asset(contract), _table_asset(contract)]


def build_release_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """Returns candidate and release of one dataset (catalogue entries: `build_published_assets`)."""
    return [_candidate_asset(contract), _release_asset(contract)]


def _asset_decorator(
    contract: Contract,
    stage: str,
    **options: Any,  # noqa: ANN401 -- whatever dg.asset takes
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Returns the asset decorator of that stage, with the texts that every stage has."""
    decorator: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
        key=asset_key(contract.name, stage), **metadata.asset_texts(contract, stage), **options
    )
    return decorator


def _submission_asset(contract: Contract) -> dg.AssetsDefinition:
    @_asset_decorator(
        contract,
        "submission",
        deps=[scan_inbox],
        partitions_def=build_partitions_def(contract.name),
        backfill_policy=SINGLE_RUN,
    )
    def submission(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> Materialized:
        home = workspace.open_workspace()
        slices = [parse_partition(contract.name, key) for key in context.partition_keys]
        kept = batches.receive_all(home, slices, workspace.current_time())
        return Materialized(metadata={"files": len(kept), "bytes": sum(one.size for one in kept)})

    return submission


def _accepted_asset(contract: Contract) -> dg.AssetsDefinition:
    key, slices_def = asset_key(contract.name, "accepted"), build_partitions_def(contract.name)
    specs = [
        *checks.build_judge_check_specs(key, slices_def),
        checks.build_files_check_spec(key),
        checks.build_corrections_check_spec(key),
    ]

    @_asset_decorator(
        contract,
        "accepted",
        deps=[
            asset_key(contract.name, "submission"),
            *(asset_key(name, "table") for name in sorted(contract.references)),
        ],
        partitions_def=slices_def,
        backfill_policy=SINGLE_RUN,
        check_specs=specs,
        dagster_type=dg.Nothing,
        output_required=False,
    )
    def accepted(
        context: dg.AssetExecutionContext, workspace: WorkspaceResource
    ) -> Iterator[Materialized | dg.Output[None]]:
        home, port = workspace.open_workspace(), workspace.receipts_port
        slices = {parse_partition(contract.name, partition): partition for partition in context.partition_keys}
        done, problems, again = batches.judge_all(home, find_submissions(home, list(slices)), workspace.current_time())
        _refresh_pages(context, workspace, home, {slice_.department for slice_ in done})
        for slice_, receipts in done.items():
            _log_slice(context, home, slices[slice_], receipts, port)
        newest = [receipts[-1] for receipts in done.values()]
        sent_back = checks.build_files_check_result(find_sent_back(home, contract.name), port)
        corrections = checks.build_corrections_check_result(problems)
        for result in (sent_back, corrections):
            context.log_event(checks.build_evaluation(context.instance, key, result))
        report_slices(context.instance, home, again, port)
        for spec in specs:
            yield dg.Output(None, output_name=spec.get_python_identifier())
        if any(receipt.outcome in TAKEN for receipt in newest):
            yield Materialized(metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})

    return accepted


def _refresh_pages(
    context: dg.AssetExecutionContext,
    workspace: WorkspaceResource,
    home: Workspace,
    departments: Collection[str] | None = None,
) -> None:
    """Brings the pages up to date, unless a command executes the run: the command does so at its end."""
    if PROCESS_TAG not in context.run.tags:
        refresh_pages(home, workspace.current_time(), departments)


def _log_slice(
    context: dg.AssetExecutionContext, home: Workspace, partition: str, receipts: Sequence[Receipt], port: int
) -> None:
    """Logs a partition's own events.

    Dagster would report every partition of the run as materialized. So the output on which the table depends is declared as one whose
    events the asset writes itself, and is left out if no file was accepted: the table is then not updated.
    """
    for event in build_slice_events(
        context.instance, home, context.asset_key, partition, receipts, port, checked=partition
    ):
        context.log_event(event)


def _table_asset(contract: Contract) -> dg.AssetsDefinition:
    @_asset_decorator(
        contract,
        "table",
        deps=[asset_key(contract.name, "accepted")],
        metadata={"dagster/column_schema": metadata.column_schema(contract)},
        freshness_policy=build_freshness_policy(contract),
    )
    def table(workspace: WorkspaceResource) -> Materialized:
        return Materialized(metadata=metadata.table_metadata(workspace.open_workspace(), contract))

    return table


def _candidate_asset(contract: Contract) -> dg.AssetsDefinition:
    key = asset_key(contract.name, "candidate")

    @_asset_decorator(
        contract, "candidate", deps=[asset_key(contract.name, "table")], check_specs=[checks.build_gate_check_spec(key)]
    )
    def candidate(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> Materialized:
        home, now = workspace.open_workspace(), workspace.current_time()
        batches.finish_decisions(home, now)
        assembled = assemble_candidate(home, contract.name, now.date())
        if assembled:
            record_refusal(home, assembled, now)
            if SAMPLE_REVIEW_TAG in context.run.tags:
                approve_sample(home, assembled, now)
        return Materialized(
            metadata=metadata.candidate_metadata(assembled), check_results=[checks.build_gate_check_result(assembled)]
        )

    return candidate


def _release_asset(contract: Contract) -> dg.AssetsDefinition:
    @_asset_decorator(contract, "release", deps=[asset_key(contract.name, "candidate")])
    def frozen(workspace: WorkspaceResource) -> Materialized:
        home, now = workspace.open_workspace(), workspace.current_time()
        due = contract.name in releases_due(home)
        assembled = assemble_candidate(home, contract.name, now.date()) if due else None
        made = freeze_candidate(home, assembled, now) if assembled else None
        last = list_releases(home.layout, contract.name)[-1:]
        waits = [one for one in list_waiting(home, workspace.current_time()) if one.dataset == contract.name]
        described = metadata.release_metadata(home, made, last[0] if last else None)
        return Materialized(metadata=described | metadata.waiting_metadata(waits, workspace.receipts_port))

    return frozen


def build_published_assets(contracts: Mapping[str, Contract], name: str) -> dg.AssetsDefinition:
    """Returns a catalogue with its entries of all datasets: one step, because a catalogue is written as a whole.

    Each catalogue is a separate step, so that an unreachable one does not hide the results of the others.
    """
    whole = dg.AssetKey(name)
    specs = [
        dg.AssetSpec(
            published_key(dataset, name), deps=[asset_key(dataset, "release")], **metadata.entry_texts(contract, name)
        )
        for dataset, contract in contracts.items()
    ]
    deps = [asset_key(dataset, "release") for dataset in contracts]
    specs.append(dg.AssetSpec(whole, deps=deps, **metadata.catalogue_texts(name)))

    @dg.multi_asset(name=f"publish_{name}", specs=specs, can_subset=True)
    def published(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> Iterator[Materialized]:
        home = workspace.open_workspace()
        withdraw_emptied(home, workspace.current_time())
        done = publish_entries(home, workspace.open_catalogue(name), workspace.current_time())
        _refresh_pages(context, workspace, home)
        steps = {published_key(step.dataset, name): step for step in done.plan.steps}
        place = catalogue_address(home, workspace.read_settings(), name)
        for key in sorted(context.selected_asset_keys):
            descriptions = (
                metadata.publication_metadata(done, place) | metadata.desk_metadata(workspace.receipts_port)
                if key == whole
                else metadata.step_metadata(steps.get(key), place)
            )
            yield Materialized(asset_key=key, metadata=descriptions)

    return published


def build_warehouse_asset(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """Returns the asset of the DuckDB file for analysts, rebuilt from all tables and releases."""

    @dg.asset(
        key="warehouse",
        deps=[asset_key(name, stage) for name in contracts for stage in ("table", "published")],
        group_name="warehouse",
        kinds={"duckdb"},
        tags={"stage": "warehouse"},
        description="**分析库 · Warehouse** — 供分析人员使用的单个 DuckDB 文件，可随时重建。\n\n"
        "One DuckDB file for analysts, rebuilt from the lake and the releases, swapped in whole.",
    )
    def warehouse(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> Materialized:
        home = workspace.open_workspace()
        built = batches.rebuild_warehouse(home, workspace.current_time())
        _refresh_pages(context, workspace, home)  # the desk says what the file says of time limits
        return Materialized(metadata=metadata.rebuild_metadata(built))

    return warehouse
