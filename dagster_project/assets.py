"""The walk as Dagster assets, made from the contracts: a new contract is six new assets and no new line here.

    inbox ─▶ <dataset>_submission ─▶ _accepted ─▶ _table ─▶ _candidate ─▶ _release ─▶ _published, static
             slices                  slices         │                        │          └──▶ warehouse
                                                    └────────────────────────┼────────────────▶ ┘
                                                                             └─▶ _ckan, ckan (where there is one)

Bodies unwrap, call `pipelines`, and return counted metadata; no table passes between them. Not here: the words of the
metadata (`metadata.py`), the checks (`checks.py`), or any rule about data.
https://docs.dagster.io/guides/build/assets/defining-assets
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import dagster as dg

from dagster_project import batches, checks, metadata
from dagster_project.catalogues import address_of
from dagster_project.partitions import key_of, published_key, slice_of, slices_of
from dagster_project.resources import HouseResource
from pipelines.publication.due import received_for, releases_due
from pipelines.publication.publish import publish
from pipelines.release import assemble, release
from schemas.contract import Contract
from warehouse.releases import releases

# One run takes many slices: a run of its own costs 0.6 s, a slice within a run 0.03 s.
MANY = dg.BackfillPolicy.single_run()
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
    description="**收件箱 · Inbox** — 各部门报送的文件；名称或位置有误的文件在此拒收并出具回执。\n\n"
    "Files from the departments. One whose name or folder says no slice of ours is refused here, with a receipt.",
)
def inbox(house: HouseResource) -> Materialized:
    """The inbox, looked through once: misnamed files are refused, all others wait for their dataset."""
    home = house.open()
    found, refused = batches.look_through(home, house.now())
    return Materialized(metadata={"files": found, **metadata.of_receipts(home, refused)})


def assets_of(contract: Contract) -> list[dg.AssetsDefinition]:
    """The assets of one dataset from submission to release (its entry in the catalogue is one of `published_of`)."""
    return [
        _submission(contract),
        _accepted(contract),
        _table(contract),
        _candidate(contract),
        _release(contract),
    ]


def _asset(
    contract: Contract,
    stage: str,
    **options: Any,  # noqa: ANN401 -- whatever dg.asset takes
) -> Callable[[Callable[..., Materialized]], dg.AssetsDefinition]:
    """The decorator for the asset of that stage, with the words that every stage has."""
    decorator: Callable[[Callable[..., Materialized]], dg.AssetsDefinition] = dg.asset(
        key=key_of(contract.name, stage), **metadata.words(contract, stage), **options
    )
    return decorator


def _submission(contract: Contract) -> dg.AssetsDefinition:
    @_asset(contract, "submission", deps=[inbox], partitions_def=slices_of(contract.name), backfill_policy=MANY)
    def submission(context: dg.AssetExecutionContext, house: HouseResource) -> Materialized:
        home = house.open()
        slices = [slice_of(contract.name, key) for key in context.partition_keys]
        kept = batches.receive_all(home, slices, house.now())
        return Materialized(metadata={"files": len(kept), "bytes": sum(one.size for one in kept)})

    return submission


def _accepted(contract: Contract) -> dg.AssetsDefinition:
    key = key_of(contract.name, "accepted")

    @_asset(
        contract,
        "accepted",
        deps=[key_of(contract.name, "submission"), *(key_of(name, "table") for name in sorted(contract.references))],
        partitions_def=slices_of(contract.name),
        backfill_policy=MANY,
        check_specs=checks.judges_of(key),
    )
    def accepted(context: dg.AssetExecutionContext, house: HouseResource) -> Materialized:
        home, newest = house.open(), []
        slices = {partition: slice_of(contract.name, partition) for partition in context.partition_keys}
        done = batches.judge_all(home, received_for(home, list(slices.values())), house.now())
        for partition, slice_ in slices.items():
            receipts = done.get(slice_, [])
            newest += receipts[-1:]
            context.add_asset_metadata(metadata.of_receipts(home, receipts), asset_key=key, partition_key=partition)
        return Materialized(check_results=checks.said_by_judges(newest))

    return accepted


def _table(contract: Contract) -> dg.AssetsDefinition:
    @_asset(
        contract,
        "table",
        deps=[key_of(contract.name, "accepted")],
        freshness_policy=metadata.freshness(contract),
        metadata={"dagster/column_schema": metadata.columns_of(contract)},
    )
    def table(house: HouseResource) -> Materialized:
        return Materialized(metadata=metadata.of_table(house.open(), contract))

    return table


def _candidate(contract: Contract) -> dg.AssetsDefinition:
    key = key_of(contract.name, "candidate")

    @_asset(contract, "candidate", deps=[key_of(contract.name, "table")], check_specs=[checks.gate_of(key)])
    def candidate(house: HouseResource) -> Materialized:
        assembled = assemble(house.open(), contract.name)
        return Materialized(metadata=metadata.of_candidate(assembled), check_results=[checks.said_at_gate(assembled)])

    return candidate


def _release(contract: Contract) -> dg.AssetsDefinition:
    @_asset(contract, "release", deps=[key_of(contract.name, "candidate")])
    def frozen(house: HouseResource) -> Materialized:
        home = house.open()
        assembled = assemble(home, contract.name) if contract.name in releases_due(home) else None
        made = release(home, assembled, house.now()) if assembled else None
        last = releases(home.layout, contract.name)[-1:]
        return Materialized(metadata=metadata.of_release(home, made, last[0] if last else None))

    return frozen


def published_of(contracts: Mapping[str, Contract], name: str) -> dg.AssetsDefinition:
    """A catalogue and the entries of all datasets in it: one step, for a catalogue is planned and written as a whole.

    Each catalogue is a step of its own, so that one that is down does not hide what the others show.
    """
    whole = dg.AssetKey(name)
    specs = [
        dg.AssetSpec(
            published_key(dataset, name), deps=[key_of(dataset, "release")], **metadata.entry_words(contract, name)
        )
        for dataset, contract in contracts.items()
    ]
    deps = [key_of(dataset, "release") for dataset in contracts]
    specs.append(dg.AssetSpec(whole, deps=deps, **metadata.catalogue_words(name)))

    @dg.multi_asset(name=f"publish_{name}", specs=specs, can_subset=True)
    def published(context: dg.AssetExecutionContext, house: HouseResource) -> Iterator[Materialized]:
        home = house.open()
        done = publish(home, house.catalogue(name), house.now())
        steps = {published_key(step.dataset, name): step for step in done.plan.steps}
        place = address_of(home, house.settings(), name)
        for key in sorted(context.selected_asset_keys):
            said = metadata.of_publication(done, place) if key == whole else metadata.of_step(steps.get(key), place)
            yield Materialized(asset_key=key, metadata=said)

    return published


def warehouse_of(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The one DuckDB file for analysts, made anew from all tables and releases."""

    @dg.asset(
        key="warehouse",
        deps=[key_of(name, stage) for name in contracts for stage in ("table", "published")],
        group_name="warehouse",
        kinds={"duckdb"},
        tags={"stage": "warehouse"},
        description="**分析库 · Warehouse** — 供分析人员使用的单个 DuckDB 文件，可随时重建。\n\n"
        "One DuckDB file for analysts, rebuilt from the lake and the releases, swapped in whole.",
    )
    def warehouse(house: HouseResource) -> Materialized:
        home = house.open()
        return Materialized(metadata=metadata.of_rebuild(batches.rebuild(home, house.now())))

    return warehouse
