"""The context in which row rules are applied to one hand-in: its slice and department, code lists, and the rows of other datasets that rules refer to.

Not here: asking the rules (`row_rules.py`).
"""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from pipelines.workspace import Workspace
from quality.rules import RuleContext
from schemas.contract import Contract
from schemas.rules.group_rules import NoStepBack, PerHead
from schemas.rules.rules import InArea, InDataset, InPeriod
from schemas.slices import SliceKey


def find_rule_context(
    workspace: Workspace, contract: Contract, slice_: SliceKey | None, received: date | None
) -> tuple[Contract, RuleContext]:
    """Returns the contract with the rules that apply to this hand-in, and the context for them."""
    if slice_ is None:
        contract = contract.exclude_rules(InPeriod, InArea, PerHead)
        slice_ = SliceKey(dataset=contract.name, department=contract.policy.owner, period="2099")
    context = RuleContext(
        slice=slice_,
        department=workspace.departments[slice_.department],
        received=received,
        codelists=workspace.codelists,
        datasets=_referenced_tables(workspace, contract),
    )
    return contract, context


def _referenced_tables(workspace: Workspace, contract: Contract) -> Mapping[str, pa.Table]:
    """Returns the accepted values of the fields that the contract refers to, by dataset, also within the same dataset; datasets without rows are left out."""
    fields: dict[str, set[str]] = {}
    for rule in contract.rules:
        if isinstance(rule, InDataset) and rule.dataset in contract.references:
            fields.setdefault(rule.dataset, set()).update(rule.reference)
        elif isinstance(rule, NoStepBack):
            fields.setdefault(contract.name, set()).update((*rule.key, rule.field))
    return {
        name: workspace.lake.read_current_fields(workspace.contracts[name], names)
        for name, names in fields.items()
        if workspace.lake.current_version(workspace.contracts[name]) is not None
    }
