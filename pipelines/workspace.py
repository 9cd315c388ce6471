"""The rooms of one installation, opened: paths, contracts, code lists, departments, lake and ledger, as one frozen value.

Here: opening them. Not here: doing anything with them, or deciding where they are (that is the edge's business).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from schemas.codelists import CodeList, read_codelists
from schemas.contract import Contract, read_contracts
from schemas.departments import Department, read_departments
from warehouse.lake import Lake
from warehouse.layout import Layout
from warehouse.ledger import Ledger


@dataclass(frozen=True)
class Workspace:
    """What the walk needs. `contracts` come in the order in which they may be walked: those referred to first.

    `synthetic` says that the inbox holds made-up sample files; every page and file then says so.
    """

    layout: Layout
    contracts: Mapping[str, Contract]
    codelists: Mapping[str, CodeList]
    departments: Mapping[str, Department]
    actor: str
    synthetic: bool = False

    @cached_property
    def lake(self) -> Lake:
        """The accepted rows."""
        return Lake(self.layout)

    @cached_property
    def ledger(self) -> Ledger:
        """The memory of every decision."""
        return Ledger(self.layout)


def open_workspace(home: Path, actor: str, contracts: Mapping[str, Contract] | None = None) -> Workspace:
    """The installation below `home`, with the contracts of the house unless others are given; ContractError if one is wrong."""
    layout = Layout(home)
    return Workspace(
        layout=layout,
        contracts=read_contracts() if contracts is None else contracts,
        codelists=read_codelists(),
        departments=read_departments(),
        actor=actor,
        synthetic=layout.synthetic_marker.is_file(),
    )
