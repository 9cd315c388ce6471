"""The walk as Dagster assets, made from the contracts: a new contract is six new assets and no new line here.

    inbox ─▶ <dataset>/submission ─▶ accepted ─▶ table ─▶ candidate ─▶ release ─▶ published
             slices                  slices        └──────────────────────────▶ warehouse

Bodies unwrap, call `pipelines`, and return counted metadata; no table passes between them. Not here: the words of the
metadata (`metadata.py`), the checks (`checks.py`), or any rule about data.
https://docs.dagster.io/guides/build/assets/defining-assets
"""

from collections.abc import Iterator, Mapping

import dagster as dg

from dagster_project import checks, metadata, walk
from dagster_project.partitions import slice_of, slices_of
from dagster_project.resources import HouseResource
from pipelines.publish import plan_for, publish
from pipelines.release import assemble, release
from pipelines.standing import received_for
from schemas.contract import Contract
from warehouse.releases import releases

# One run takes many slices: a run of its own costs 0.6 s, a slice within a run 0.03 s.
MANY = dg.BackfillPolicy.single_run()
WALK = "walk"


@dg.asset(
    key="inbox",
    group_name=WALK,
    kinds={"file"},
    tags={"stage": "inbox"},
    description="**收件箱 · Inbox** — 各部门报送的文件；名称或位置有误的文件在此拒收并出具回执。\n\n"
    "Files from the departments. One whose name or folder says no slice of ours is refused here, with a receipt.",
)
def inbox(house: HouseResource) -> dg.MaterializeResult[None]:
    """The inbox, looked through once: misnamed files are refused, all others wait for their dataset."""
    home = house.open()
    found, refused = walk.look_through(home, house.now())
    return dg.MaterializeResult(metadata={"files": found, **metadata.of_receipts(home, refused)})


def assets_of(contract: Contract) -> list[dg.AssetsDefinition]:
    """The assets of one dataset from submission to release (its entry in the catalogue is one of `published_of`)."""
    return [
        _submission(contract),
        _accepted(contract),
        _table(contract),
        _candidate(contract),
        _release(contract),
    ]


def _submission(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        key=[contract.name, "submission"],
        deps=[inbox],
        partitions_def=slices_of(contract.name),
        backfill_policy=MANY,
        **metadata.words(contract, "submission"),
    )
    def submission(context: dg.AssetExecutionContext, house: HouseResource) -> dg.MaterializeResult[None]:
        home = house.open()
        slices = [slice_of(contract.name, key) for key in context.partition_keys]
        kept = walk.receive_all(home, slices, house.now())
        return dg.MaterializeResult(metadata={"files": len(kept), "bytes": sum(one.size for one in kept)})

    return submission


def _accepted(contract: Contract) -> dg.AssetsDefinition:
    key = dg.AssetKey([contract.name, "accepted"])

    @dg.asset(
        key=key,
        deps=[[contract.name, "submission"], *([name, "table"] for name in sorted(contract.references))],
        partitions_def=slices_of(contract.name),
        backfill_policy=MANY,
        check_specs=checks.judges_of(key),
        **metadata.words(contract, "accepted"),
    )
    def accepted(context: dg.AssetExecutionContext, house: HouseResource) -> dg.MaterializeResult[None]:
        home, newest = house.open(), []
        slices = {partition: slice_of(contract.name, partition) for partition in context.partition_keys}
        done = walk.judge_all(home, received_for(home, list(slices.values())), house.now())
        for partition, slice_ in slices.items():
            receipts = done.get(slice_, [])
            newest += receipts[-1:]
            context.add_asset_metadata(metadata.of_receipts(home, receipts), asset_key=key, partition_key=partition)
        return dg.MaterializeResult(check_results=checks.said_by_judges(newest))

    return accepted


def _table(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        key=[contract.name, "table"],
        deps=[[contract.name, "accepted"]],
        freshness_policy=metadata.freshness(contract),
        metadata={"dagster/column_schema": metadata.columns_of(contract)},
        **metadata.words(contract, "table"),
    )
    def table(house: HouseResource) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata=metadata.of_table(house.open(), contract))

    return table


def _candidate(contract: Contract) -> dg.AssetsDefinition:
    key = dg.AssetKey([contract.name, "candidate"])

    @dg.asset(
        key=key,
        deps=[[contract.name, "table"]],
        check_specs=[checks.gate_of(key)],
        **metadata.words(contract, "candidate"),
    )
    def candidate(house: HouseResource) -> dg.MaterializeResult[None]:
        assembled = assemble(house.open(), contract.name)
        return dg.MaterializeResult(
            metadata=metadata.of_candidate(assembled), check_results=[checks.said_at_gate(assembled)]
        )

    return candidate


def _release(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        key=[contract.name, "release"],
        deps=[[contract.name, "candidate"]],
        **metadata.words(contract, "release"),
    )
    def frozen(house: HouseResource) -> dg.MaterializeResult[None]:
        home = house.open()
        assembled = assemble(home, contract.name)
        made = release(home, assembled, house.now()) if assembled else None
        last = releases(home.layout, contract.name)[-1:]
        return dg.MaterializeResult(metadata=metadata.of_release(home, made, last[0] if last else None))

    return frozen


def published_of(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The entries of all datasets in the catalogue: one step, for a catalogue is planned and written as a whole."""
    specs = [
        dg.AssetSpec([name, "published"], deps=[[name, "release"]], **metadata.words(contract, "published"))
        for name, contract in contracts.items()
    ]

    @dg.multi_asset(name="publish", specs=specs, can_subset=True)
    def published(context: dg.AssetExecutionContext, house: HouseResource) -> Iterator[dg.MaterializeResult[None]]:
        home = house.open()
        catalogue = walk.catalogue_of(home)
        steps = {step.dataset: step for step in plan_for(home, catalogue).steps}
        outcome = publish(home, catalogue, house.now())
        context.log.info("written: %s", outcome)
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key, metadata=metadata.of_step(home, steps.get(key.path[0])))

    return published


def warehouse_of(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The one DuckDB file for analysts, made anew from all tables and releases."""

    @dg.asset(
        key="warehouse",
        deps=[[name, stage] for name in contracts for stage in ("table", "release")],
        group_name=WALK,
        kinds={"duckdb"},
        tags={"stage": "warehouse"},
        description="**分析库 · Warehouse** — 供分析人员使用的单个 DuckDB 文件，可随时重建。\n\n"
        "One DuckDB file for analysts, rebuilt from the lake and the releases, swapped in whole.",
    )
    def warehouse(house: HouseResource) -> dg.MaterializeResult[None]:
        home = house.open()
        return dg.MaterializeResult(metadata=metadata.of_rebuild(home, walk.rebuild(home)))

    return warehouse
