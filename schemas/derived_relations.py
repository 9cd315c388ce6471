"""Relations that follow from the references in contracts, so that they need not be written twice.

A rule `in_dataset` checks the rows of one file when it is handed in. The derived relation checks the same reference for all standing rows
later on, because the row that was referred to may no longer stand. Not here: the written relations (`relations.yaml`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from schemas.contract import Contract
from schemas.relations import Reference, Relation, select_relations
from schemas.rules.rules import InDataset
from schemas.severity import Severity
from schemas.text import Text

SINCE = date(2026, 1, 1)
"""From which day derived relations are asked: the first of the sample's year; older data are asked too."""


class _Link(NamedTuple):
    dataset: str
    fields: tuple[str, ...]
    to: str
    to_fields: tuple[str, ...]


def list_relations(written: Iterable[Relation], contracts: Mapping[str, Contract]) -> tuple[Relation, ...]:
    """Returns the written relations whose datasets and fields these contracts have, then those that follow from the contracts themselves.

    None is derived if a written reference already compares the same fields for all rows with the same severity or a higher one.
    """
    chosen = select_relations(written, contracts)
    stated = {(_link_of(one), one.severity) for one in chosen if _is_asked_of_all(one)}
    derived = derive_relations(contracts)
    return (
        *chosen,
        *(one for one in derived if not stated & {(_link_of(one), one.severity), (_link_of(one), "error")}),
    )


def derive_relations(contracts: Mapping[str, Contract]) -> tuple[Reference, ...]:
    """Returns one relation for each reference from one dataset to another; equal references of several rules become one, with the highest severity.

    If a rule compares several fields and some belong to the key of the other dataset, only these are compared: the others are copies,
    which may legitimately have changed since the file was judged.
    """
    found: dict[_Link, tuple[InDataset, Severity]] = {}
    for link, rule in _list_links(contracts):
        first, severity = found.get(link, (rule, rule.severity))
        found[link] = (first, "error" if "error" in {severity, rule.severity} else severity)
    return tuple(_make_reference(link, rule, severity, contracts) for link, (rule, severity) in found.items())


def _list_links(contracts: Mapping[str, Contract]) -> Iterator[tuple[_Link, InDataset]]:
    for name, contract in sorted(contracts.items()):
        for rule in contract.rules:
            if not isinstance(rule, InDataset) or rule.dataset == name or rule.dataset not in contracts:
                continue
            pairs = list(zip(rule.fields, rule.reference, strict=True))
            kept = [pair for pair in pairs if pair[1] in contracts[rule.dataset].primary_key] or pairs
            yield _Link(name, tuple(one for one, _ in kept), rule.dataset, tuple(other for _, other in kept)), rule


def _is_asked_of_all(relation: Relation) -> bool:
    return isinstance(relation, Reference) and not (relation.when or relation.as_of or relation.day or relation.offsets)


def _link_of(relation: Relation) -> _Link:
    return _Link(relation.dataset, relation.fields, relation.to, relation.to_fields)


def _make_reference(link: _Link, rule: InDataset, severity: Severity, contracts: Mapping[str, Contract]) -> Reference:
    own, other = contracts[link.dataset], contracts[link.to]
    labels = [own.get_field(name).label for name in link.fields]
    zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
    return Reference(
        kind="reference",
        id=f"{link.dataset}-{rule.id}".replace("_", "-"),
        title=Text(zh=f"“{own.title.zh}”引用“{other.title.zh}”", en=f"{own.title.en} refers to {other.title.en}"),
        message=Text(
            zh=f"“{own.title.zh}”的{zh}不在现有的“{other.title.zh}”数据中",
            en=f"{en} of {own.title.en} is not in the data of {other.title.en} that stand now",
        ),
        mend=Text(
            zh=f"请核对{zh}；如“{other.title.zh}”缺少相应记录，请其报送单位补报",
            en=f"check {en}; if {other.title.en} lacks the row, its department hands it in again",
        ),
        source=rule.source,
        severity=severity,
        valid_from=SINCE,
        dataset=link.dataset,
        fields=link.fields,
        to=link.to,
        to_fields=link.to_fields,
    )
