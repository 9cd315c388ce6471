"""The contract of one dataset: one YAML file, read into frozen models.

A contract is a Data Package v2 descriptor with one resource, and the bureau's policy under `sportlake:`. Here: the models,
reading and parsing, and look-ups in a contract. Not here: inheritance (`schemas/inheritance.py`), checking data, or anything
that is specific to one dataset.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas.charts import Chart, ChartField, derive_charts, exclude_charts, refuse_unfit_charts
from schemas.disclosure import PersonalKind, PersonRole, disclosure_settings
from schemas.errors import ContractError, UsageError
from schemas.execution.kept_yaml import parse_file_text, parse_yaml
from schemas.execution.read_on_demand import ReadOnDemand
from schemas.frozen_model import FrozenModel
from schemas.inheritance import resolve_inheritance
from schemas.policy import FieldPolicy, Policy
from schemas.rules.derived_rules import derive_rules
from schemas.rules.rule_base import RowCondition
from schemas.rules.rule_texts import complete_rules
from schemas.rules.rules import InDataset, RowRule
from schemas.text import Text

FOLDER = Path(__file__).parent / "datasets"
SLICE_COLUMNS = ("department", "period")
_MEASURED = frozenset({"number", "integer"})
_VALUE_LIMITS = frozenset({"pattern", "enum", "unique", "minLength"})
"""Constraints that a masked text would break."""


def has_own_form(field: Mapping[str, Any]) -> bool:
    """Whether a field of a Table Schema has a format, a code list or limits that a shorter text in place of a value could violate."""
    return (
        field.get("format", "default") != "default"
        or bool(field.get("sportlake", {}).get("codelist"))
        or bool(_VALUE_LIMITS & field.get("constraints", {}).keys())
    )


class Field(FrozenModel):
    """One field of the table: its Table Schema properties and its policy."""

    name: str
    type: str
    format: str = "default"
    title: str
    description: str
    constraints: Mapping[str, Any] = {}
    policy: FieldPolicy

    @property
    def required(self) -> bool:
        """Whether the constraints forbid an empty cell."""
        return bool(self.constraints.get("required", False))

    @property
    def label(self) -> Text:
        """The field's title in both languages."""
        return Text(zh=self.title, en=self.policy.title_en)

    @property
    def person_role(self) -> PersonRole | None:
        """What the field says of a person, by its policy or its titles; None if nothing."""
        return self.policy.person or disclosure_settings().find_person_role(self.title, self.policy.title_en, self.name)

    @property
    def denied_kind(self) -> PersonalKind | None:
        """The kind of personal data that the field holds by its titles, which may never be published; None if none."""
        kinds = map(disclosure_settings().find_denied_kind, (self.title, self.policy.title_en, self.name))
        return next((kind for kind in kinds if kind), None)


class Contract(FrozenModel):
    """One dataset: fields, rules and policy. Rows have the key `primary_key` and belong to slices of one department and period."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    name: str
    version: str
    title: Text
    description: Text
    keywords: tuple[str, ...]
    licence: Mapping[str, str]
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    missing_values: tuple[str, ...]
    policy: Policy
    descriptor: Mapping[str, Any]
    """The resolved Data Package descriptor: everything inherited is filled in."""

    def __hash__(self) -> int:
        """The hash of `digest`, so that contracts can be keys of caches (`functools.lru_cache`)."""
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the resolved descriptor as canonical JSON: equal contracts have equal digests, whatever their file looks like.

        Charts are left out: contracts that differ in them alone judge the same files and make the same releases.
        """
        text = json.dumps(exclude_charts(self.descriptor), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def rules(self) -> tuple[RowRule, ...]:
        """The rules written in the contract, then those derived from it (`schemas/rules/derived_rules.py`)."""
        return self.policy.rules + derive_rules(self.policy, [(f.name, f.title, f.policy) for f in self.fields])

    @cached_property
    def rule_fields(self) -> Mapping[str, frozenset[str]]:
        """The names of the fields that each rule uses, by the rule's id."""
        return {rule.id: frozenset(rule_fields(rule)) for rule in self.rules}

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """The charts that the contract declares, else the derived one (`schemas/charts.py`)."""
        declared = self.policy.charts
        return derive_charts(_chart_fields(self)) if declared is None else declared

    @property
    def table_schema(self) -> dict[str, Any]:
        """The Table Schema as a descriptor for frictionless; a copy that the caller may change."""
        schema: dict[str, Any] = deepcopy(dict(self.descriptor["resources"][0]["schema"]))
        return schema

    @cached_property
    def references(self) -> frozenset[str]:
        """Names of the other datasets in which row rules look values up."""
        return frozenset(r.dataset for r in self.rules if isinstance(r, InDataset)) - {self.name}

    @property
    def sources(self) -> frozenset[str]:
        """Names of the other datasets that this one needs: those in `references`, and those that it is built from."""
        built = self.policy.built
        return self.references | (frozenset(built.datasets) - {self.name} if built else frozenset())

    def exclude_rules(self, *kinds: type) -> "Contract":
        """Returns a copy without the written rules of those model classes. Derived rules stay."""
        kept = tuple(rule for rule in self.policy.rules if not isinstance(rule, kinds))
        parts = {name: getattr(self, name) for name in type(self).model_fields}
        return Contract(**parts | {"policy": self.policy.model_copy(update={"rules": kept})})

    def get_field(self, name: str) -> Field:
        """Returns the field of that name; KeyError if there is none."""
        return {f.name: f for f in self.fields}[name]

    def public_fields(self) -> tuple[Field, ...]:
        """Returns the fields that a release may contain: all except the protected ones."""
        return tuple(f for f in self.fields if f.name not in self.policy.disclosure.protected)

    def identifying_fields(self) -> tuple[Field, ...]:
        """Returns the fields with a person's name, school or birthday of which whole values go out."""
        masked = {rule.field for rule in self.policy.disclosure.masked}
        return tuple(f for f in self.public_fields() if f.person_role and f.name not in masked)


def read_contract(path: Path) -> Contract:
    """Reads the contract in that file; ContractError names the file and what is missing or wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as wrong:
        raise _wrong_contract_error(path.name, wrong) from wrong
    return parse_contract_text(text, path.name, path if path.parent == FOLDER else None)


def parse_contract_text(text: str, name: str, file: Path | None = None) -> Contract:
    """Returns the contract of the text of a file called `name`; ContractError as in `read_contract`.

    `file`: the file, if it belongs to this program; its parsed text is then cached on the disk (`schemas/execution/kept_yaml.py`).
    """
    try:
        return _parse_text(text, file)
    except KeyError as missing:
        raise ContractError(
            Text(zh=f"数据规范 {name} 缺少 {missing}", en=f"contract {name} lacks {missing}")
        ) from missing
    except (ValueError, IndexError, TypeError, AttributeError) as wrong:
        raise _wrong_contract_error(name, wrong) from wrong


def _wrong_contract_error(name: str, wrong: Exception) -> ContractError:
    return ContractError(Text(zh=f"数据规范 {name} 有误：{wrong}", en=f"contract {name} is wrong: {wrong}"))


@lru_cache(maxsize=256)
def _parse_text(text: str, file: Path | None) -> Contract:
    """Parses a file's text. Cached: the same text gives the same object, which nobody may change."""
    return parse_contract(parse_yaml(text) if file is None else parse_file_text(text, file))


def parse_contract(descriptor: Mapping[str, Any]) -> Contract:
    """Returns the contract of a parsed descriptor; inherited parts and default rule texts are filled in.

    ValueError (pydantic's ValidationError included) or KeyError if a part is wrong or missing; IndexError, TypeError or
    AttributeError if a part has the wrong structure.
    """
    descriptor = complete_rules(resolve_inheritance(descriptor))
    resource = descriptor["resources"][0]
    schema = resource["schema"]
    policy = Policy.model_validate(descriptor["sportlake"])
    key = schema["primaryKey"]
    contract = Contract(
        name=descriptor["name"],
        version=descriptor["version"],
        title=Text(zh=descriptor["title"], en=policy.title_en),
        description=Text(zh=descriptor["description"], en=policy.description_en),
        keywords=tuple(descriptor["keywords"]),
        licence=descriptor["licenses"][0],
        fields=tuple(_parse_field(field) for field in schema["fields"]),
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        missing_values=tuple(schema.get("missingValues", [""])),
        policy=policy,
        descriptor=descriptor,
    )
    _refuse_unknown_fields(contract)
    _refuse_bounds_without_unit(contract)
    _refuse_denied_columns(contract)
    _refuse_unfit_withholding(contract)
    _refuse_identified_minors(contract)
    refuse_unfit_charts(contract.charts, _chart_fields(contract))
    return contract


def read_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """Reads every contract in a folder, by name; a dataset comes before those that refer to it. Empty for a folder without contracts.

    ContractError as in `read_contract`, and if a file's name differs from its dataset's, a reference names no dataset, or
    references form a cycle.
    """
    return dict(open_contracts(folder))


def open_contracts(folder: Path = FOLDER) -> Mapping[str, Contract]:
    """Returns what `read_contracts` returns, but reads each contract when it is looked up, with the same errors then."""

    def read(name: str) -> Contract:
        contract = read_contract(folder / f"{name}.yaml")
        if contract.name != name:
            raise ContractError(Text(zh=f"{name}.yaml 中的 name 应为 {name}", en=f"name in {name}.yaml must be {name}"))
        return contract

    return ReadOnDemand(sorted(path.stem for path in folder.glob("*.yaml")), read, _sort_by_references)


def find_contract(contracts: Mapping[str, Contract], name: str) -> Contract:
    """Returns the contract of that name; UsageError says which names are near it, and what lists them all."""
    if name not in contracts:
        near = _list_near_names(contracts, name)
        zh = "、".join(f"{one.name} {one.title.zh}" for one in near)
        en = ", ".join(one.name for one in near)
        raise UsageError(
            Text(
                zh=f"没有名为 {name} 的数据集；{f'相近的有：{zh}；' * bool(near)}全部 {len(contracts)} 个的名称见 sportlake contracts",
                en=f"no dataset {name}; {f'near it: {en}; ' * bool(near)}sportlake contracts lists all {len(contracts)}",
            )
        )
    return contracts[name]


def _list_near_names(contracts: Mapping[str, Contract], name: str) -> list[Contract]:
    """Returns up to three contracts whose names are spelled nearly so, or whose Chinese titles have the text."""
    spelled = [contracts[near] for near in get_close_matches(name.lower(), contracts)]
    return spelled or [one for one in contracts.values() if name in one.title.zh][:3]


def _parse_field(descriptor: Mapping[str, Any]) -> Field:
    known = {
        k: descriptor[k] for k in ("name", "type", "format", "title", "description", "constraints") if k in descriptor
    }
    return Field(**known, policy=FieldPolicy.model_validate(descriptor["sportlake"]))


def _refuse_unknown_fields(contract: Contract) -> None:
    names = {f.name for f in contract.fields}
    if taken := names & set(SLICE_COLUMNS):
        raise ValueError(f"{contract.name}: {sorted(taken)} are the lake's own columns; name the fields otherwise")
    named = {name for rule in contract.rules for name in rule_fields(rule)} | set(contract.primary_key)
    named |= contract.policy.disclosure.named_fields
    named |= {e.field for e in contract.policy.expectations if hasattr(e, "field")}
    named |= contract.policy.finder.named_fields if contract.policy.finder else frozenset()
    if unknown := named - names:
        raise ValueError(
            f"{contract.name}: rules, expectations, keys or the finder name fields that are not there: {sorted(unknown)}"
        )


def _chart_fields(contract: Contract) -> dict[str, ChartField]:
    return {f.name: ChartField(f.name, f.type, f.policy.unit, f.policy.codelist) for f in contract.public_fields()}


def _refuse_bounds_without_unit(contract: Contract) -> None:
    wrong = [f.name for f in contract.fields if f.policy.plausible and not (f.policy.unit and f.type in _MEASURED)]
    if wrong:
        raise ValueError(f"{contract.name}: plausible bounds need a number with a unit: {wrong}")


def _refuse_denied_columns(contract: Contract) -> None:
    """Raises ValueError if a field holds personal data that may never be published, and is not `protected`."""
    denied = [field.name for field in contract.public_fields() if field.denied_kind]
    if denied:
        raise ValueError(
            f"{contract.name}: {denied} hold personal data by their titles and may never be published: name them under `disclosure: protected`, or leave them out"
        )


def _refuse_unfit_withholding(contract: Contract) -> None:
    """Raises ValueError unless masked fields are free text and suppressed fields optional whole numbers, and none of them is in the key or protected."""
    rules = contract.policy.disclosure
    never = {*contract.primary_key, *rules.protected}
    for name in (rule.field for rule in (*rules.masked, *rules.small_cells)):
        if name in never:
            raise ValueError(
                f"{contract.name}: {name} belongs to the key or is protected: nothing of it can be masked or suppressed"
            )
    described = {field["name"]: field for field in contract.descriptor["resources"][0]["schema"]["fields"]}
    for field in (contract.get_field(rule.field) for rule in rules.masked):
        if field.type != "string" or has_own_form(described[field.name]):
            raise ValueError(
                f"{contract.name}: {field.name} cannot be masked: it is no free text without a form of its own"
            )
    for field in (contract.get_field(rule.field) for rule in rules.small_cells):
        if field.type != "integer" or field.required:
            raise ValueError(f"{contract.name}: {field.name} cannot be suppressed: it must be an optional whole number")


def _refuse_identified_minors(contract: Contract) -> None:
    together = contract.identifying_fields()
    if {field.person_role for field in together} >= {"name", "school", "birth_date"}:
        raise ValueError(
            f"{contract.name}: {[field.name for field in together]} together identify a minor and may not all be published: protect or mask one of them"
        )


def rule_fields(rule: RowRule) -> tuple[str, ...]:
    """Returns the names of all fields that a rule uses, each once: first its own fields, then those of `as_of` and its conditions."""
    found: list[str | None] = []
    for name in _naming_attributes(type(rule)):
        value = getattr(rule, name)
        found += value.fields if isinstance(value, RowCondition) else value if isinstance(value, tuple) else [value]
    return tuple(dict.fromkeys(name for name in found if name))


@cache
def _naming_attributes(kind: type[BaseModel]) -> tuple[str, ...]:
    """Returns the attributes of a kind of rule that name fields, in the order of `rule_fields`."""
    names = ("field", "text", "fields", "left", "right", "total", "parts", "closing", "plus", "minus", "part", "whole",
             "printed", "factors", "product", "key", "group", "first", "years", "last", "start", "end", "beginning", "order", "opening", "lon", "lat", "same", "differ", "as_of", "where", "when")  # fmt: skip
    return tuple(name for name in names if name in kind.model_fields)


def _sort_by_references(contracts: Mapping[str, Contract]) -> Iterator[str]:
    waiting = {name: set(contract.sources) for name, contract in contracts.items()}
    for name, sources in waiting.items():
        if missing := sources - set(waiting):
            raise ContractError(
                Text(
                    zh=f"{name} 引用了不存在的数据集 {sorted(missing)}",
                    en=f"{name} refers to datasets that are not there: {sorted(missing)}",
                )
            )
    while waiting:
        ready = sorted(name for name, sources in waiting.items() if not sources & set(waiting))
        if not ready:
            raise ContractError(
                Text(
                    zh=f"数据集互相引用成环：{sorted(waiting)}",
                    en=f"datasets refer to each other in a circle: {sorted(waiting)}",
                )
            )
        yield from ready
        for name in ready:
            del waiting[name]
