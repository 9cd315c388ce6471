"""The workspace of one installation: paths, contracts, code lists, departments, lake and ledger, as one frozen value.

Here: opening it. Not here: any step that uses it, or the choice of its folder (the caller passes it in).
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.codelists import CodeList, open_codelists
from schemas.contract import Contract, read_contracts
from schemas.departments import Department, read_departments
from schemas.derived_relations import list_relations
from schemas.errors import ContractError
from schemas.negative_list import NegativeEntry, read_negative_list
from schemas.people import People, read_people
from schemas.relations import Relation, find_unknown_fields, read_relations
from schemas.table_parts import DEFAULT_PARTS, PartRules
from schemas.text import Text
from warehouse.atomic_files import hold_lock
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.unfinished_submissions import UnfinishedSubmissions
from warehouse.ledger.venue_ledger import VenueLedger

if TYPE_CHECKING:
    from schemas.execution.engine import LargeWork
    from warehouse.lake.lake import Lake
    from warehouse.ledger.shared_ledger import SharedLedger
    from warehouse.storage.object_store import BucketAddress
    from warehouse.storage.storage import Storage


@dataclass(frozen=True)
class Workspace:
    """Everything that the steps need. `contracts` are in processing order: referenced datasets come first.

    `synthetic`: the inbox holds invented sample files; every page and file then states it. `shared_ledger`: the ledger that this host
    shares with others, if any. `storage`: the bucket that holds what is durable, if any. `large_work`: the engine that gets large work in
    units; None: this process does it. `release_parts`: which releases are written in parts.
    """

    layout: Layout
    contracts: Mapping[str, Contract]
    codelists: Mapping[str, CodeList]
    departments: Mapping[str, Department]
    actor: str
    synthetic: bool = False
    negative_list: tuple[NegativeEntry, ...] = ()
    shared_ledger: "SharedLedger | None" = None
    storage: "Storage | None" = None
    large_work: "LargeWork | None" = None
    release_parts: PartRules = DEFAULT_PARTS

    @property
    def people(self) -> People:
        """Everybody who may act, read anew each time; ContractError if the file is wrong."""
        return read_people(self.layout.people, self.departments)

    @cached_property
    def lake(self) -> "Lake":
        """The lake with the accepted rows."""
        from warehouse.lake.lake import Lake  # noqa: PLC0415 -- DuckDB and Delta are not loaded to check a small file

        return Lake(self.layout, self.storage.open_table if self.storage else None)

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The relations between the datasets of this installation: the written ones, then those that follow from its contracts.

        ContractError if one names a field that its dataset lacks.
        """
        found = list_relations(read_relations(), self.contracts)
        if unknown := [name for one in found for name in find_unknown_fields(one, self.contracts)]:
            raise ContractError(
                Text(
                    zh=f"关联关系表中的字段不存在：{'、'.join(unknown)}；请改 relations.yaml 或数据规范",
                    en=f"relations name fields that are not there: {', '.join(unknown)}; change relations.yaml or the contract",
                )
            )
        return found

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger with every decision."""
        return Ledger(self.layout, self.shared_ledger, self.storage)

    @contextmanager
    def replace_files(self, files: Collection[Path]) -> Iterator[None]:
        """Within the block, files may be overwritten that no ledger entry will name; they are put into the bucket, if there is one, at the end of the block."""
        if self.storage is None:
            yield
        else:
            from warehouse.storage.replaced_files import replace_files  # noqa: PLC0415 -- most installations have no bucket

            with replace_files(self.storage, self.ledger, files):
                yield

    def follow_storage(self) -> None:
        """Copies into the home what other hosts have put into the bucket since the last call; does nothing without a bucket."""
        if self.storage is not None:
            from warehouse.storage.replaced_files import begin_command  # noqa: PLC0415 -- most installations have no bucket

            begin_command(self.storage, self.ledger)

    @contextmanager
    def hold_lock(self, path: Path) -> Iterator[None]:
        """Holds the lock of a path below the home, on this host and on all hosts that share its ledger; waits for the current holder."""
        with hold_lock(path):
            if self.shared_ledger is None:
                yield
            else:
                with self.shared_ledger.hold_name(path.relative_to(self.layout.home).as_posix()):
                    yield

    @cached_property
    def unfinished(self) -> UnfinishedSubmissions:
        """The submissions that were received and are not finished."""
        return self.ledger.open_view(UnfinishedSubmissions)

    @cached_property
    def venues(self) -> VenueLedger:
        """The numbers of venues, and what people decided about them."""
        return VenueLedger(self.ledger)


def open_workspace(
    home: Path,
    actor: str,
    contracts: Mapping[str, Contract] | None = None,
    codelists: Mapping[str, CodeList] | None = None,
    ledger_address: str | None = None,
    bucket: "BucketAddress | None" = None,
    large_work: "LargeWork | None" = None,
    release_parts: PartRules = DEFAULT_PARTS,
) -> Workspace:
    """Opens the installation below `home`, with the contracts and code lists of this project unless others are given.

    `ledger_address`: address of the ledger that several hosts share (`SharedLedger`). `bucket`: the bucket that holds what is durable.
    Neither is connected to here. `large_work`, `release_parts`: as in `Workspace`. ContractError if a contract is wrong; a wrong code
    list raises only when it is looked up, because few are needed.
    """
    layout = Layout(home)
    return Workspace(
        layout=layout,
        contracts=read_contracts() if contracts is None else contracts,
        codelists=open_codelists() if codelists is None else codelists,
        departments=read_departments(),
        actor=actor,
        synthetic=layout.synthetic_marker.is_file(),
        negative_list=read_negative_list(),
        shared_ledger=_open_shared(ledger_address),
        storage=_open_storage(layout, bucket),
        large_work=large_work,
        release_parts=release_parts,
    )


def _open_shared(address: str | None) -> "SharedLedger | None":
    if address is None:
        return None
    from warehouse.ledger.shared_ledger import SharedLedger  # noqa: PLC0415 -- the database's client is not loaded on one host

    return SharedLedger(address)


def _open_storage(layout: Layout, bucket: "BucketAddress | None") -> "Storage | None":
    if bucket is None:
        return None
    from warehouse.storage.object_store import ObjectStore  # noqa: PLC0415 -- most installations have no bucket
    from warehouse.storage.storage import Storage  # noqa: PLC0415

    return Storage(layout, ObjectStore(bucket))
