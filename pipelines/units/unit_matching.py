"""The unit in which each column of a file is reported, from its label, a row of units, and lines above and below the table.

Every place that states a unit for a field must state the same one. Units that contradict each other, are unknown, or cannot be converted
to the contract's are findings that ask the department, and nothing is converted. Not here: reading the statements (`statements`),
converting cells (`normalise`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.units.spellings import UNITS, complete_unit, exponent_between, find_unit, looks_like_unit, unit_key
from pipelines.units.statements import UnitStatement
from quality.findings import Finding, masked_excerpt
from schemas.contract import Contract, Field
from schemas.text import Text

_AREA, _MU = "m2", "亩"
_NUMBERS = frozenset({"integer", "number"})


@dataclass(frozen=True)
class LabelledField:
    """A field with a unit that the file has a column for: the column's label, and the text in the label's brackets."""

    field: Field
    unit: str
    label: str
    inner: str | None
    is_scaled: bool = False


@dataclass(frozen=True)
class _Claim:
    """One place that states the unit of a field.

    `alternatives`: all units that the place states. `excepts`: it allows other units where they are marked. `unclear`: the words that say
    what is measured name no field.
    """

    unit: str
    place: Text
    alternatives: tuple[str, ...] = ()
    excepts: bool = False
    unclear: bool = False


@dataclass(frozen=True)
class ReportedUnits:
    """The reported unit of each field whose unit differs from the contract's, with findings and decisions."""

    units: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Text, ...] = ()


def list_labelled_fields(
    contract: Contract, columns: Iterable[tuple[str, str, str | None, bool]]
) -> list[LabelledField]:
    """Returns the fields with a unit among these columns.

    `columns`: (field name, label, text in the label's brackets, whether its numbers are shown scaled).
    """
    found = ((contract.get_field(name), label, inner, scaled) for name, label, inner, scaled in columns)
    return [
        LabelledField(known, known.policy.unit, label, inner, scaled)
        for known, label, inner, scaled in found
        if known.policy.unit
    ]


def decide_units(
    fields: Sequence[LabelledField], statements: Sequence[UnitStatement], resolve: Callable[[str], Collection[str]]
) -> ReportedUnits:
    """Returns the unit of each field, from its label and the statements of the file.

    `resolve`: returns the fields that the words of a statement name; if they name none, the statement is about every field of its
    quantity.

    Findings (error, judge `cell`, no row): `incorrect-label`: the unit cannot be converted to the contract's; `unit-contradiction`: two
    places state different units; `unit-unknown`: the unit is not known; `unit-unclear`: it cannot be decided whether the unit is that of
    the field; `unit-not-said`: the cells show their numbers scaled, and no place names the unit.
    """
    units: dict[str, str] = {}
    findings: list[Finding] = []
    decisions: list[Text] = []
    about = {statement: frozenset(resolve(statement.subject)) for statement in statements}
    for known in fields:
        claims = _collect_claims(known, about)
        finding = _judge_claims(known, claims)
        if finding is not None:
            findings.append(finding)
        elif claims and exponent_between(claims[0].unit, known.unit):
            units[known.field.name] = claims[0].unit
            decisions.append(_describe_conversion(known, claims))
    return ReportedUnits(units, tuple(findings), tuple(decisions))


def _collect_claims(known: LabelledField, about: Mapping[UnitStatement, frozenset[str]]) -> list[_Claim]:
    """Returns the claims about one field, those about it alone first."""
    stated = _stated_unit(known)
    own = [_Claim(stated, _label_place(known))] if stated else []
    named = [s for s, names in about.items() if known.field.name in (names or {s.field})]
    general = [s for s, names in about.items() if not names and s.field is None and _is_about(s, known)]
    own += [_Claim(complete_unit(s.unit, known.unit), _statement_place(s)) for s in named]
    claims: list[_Claim] = []
    for statement in general:
        same = tuple(s.unit for s in general if (s.row, s.quote) == (statement.row, statement.quote))
        unclear = bool(statement.subject)
        unit = complete_unit(statement.unit, known.unit)
        claims.append(_Claim(unit, _statement_place(statement), same, statement.excepts, unclear))
    if own:
        claims = [claim for claim in claims if not claim.unclear and _bears_on(claim, own[0].unit, known.unit)]
    return [*own, *sorted(claims, key=lambda claim: claim.unclear)]


def _bears_on(claim: _Claim, unit: str, stored: str) -> bool:
    """Whether a claim about a quantity has to be compared with the unit that is stated for the field itself."""
    exponent = exponent_between(unit, stored)
    if exponent is None or exponent == exponent_between(claim.unit, stored):
        return True
    return not claim.excepts and exponent not in [exponent_between(other, stored) for other in claim.alternatives]


def _stated_unit(known: LabelledField) -> str | None:
    """Returns the unit in the brackets of a label; None for a remark, which says nothing of units."""
    if known.inner is None:
        return None
    inner = complete_unit(known.inner, known.unit)
    if (unit := find_unit(inner)) is not None:
        return unit
    parts = inner.split("/")
    is_list = len(parts) > 1 and all(unit_key(part) in UNITS for part in parts)
    return inner if is_list or looks_like_unit(inner) else None


def _is_about(statement: UnitStatement, known: LabelledField) -> bool:
    """Whether a statement that names no field is about the quantity of this one."""
    base = UNITS.get(unit_key(known.unit), ("", 0))[0]
    quantity = _AREA if statement.quantity == _MU else statement.quantity
    return known.field.type in _NUMBERS and quantity == base


def _judge_claims(known: LabelledField, claims: Sequence[_Claim]) -> Finding | None:
    if not claims:
        return _unsaid_unit_finding(known) if known.is_scaled else None
    for claim in claims:
        if unit_key(claim.unit) not in UNITS:
            return _unknown_unit_finding(known, claim)
        if exponent_between(claim.unit, known.unit) is None:
            return _wrong_unit_finding(known, claim)
    unit = known.unit if claims[0].unclear else claims[0].unit
    other = next((claim for claim in claims if exponent_between(claim.unit, unit) != 0), None)
    if other is None:
        return None
    return _unclear_unit_finding(known, other) if other.unclear else _contradiction_finding(known, claims[0], other)


def _label_place(known: LabelledField) -> Text:
    label = masked_excerpt(known.label.strip(), 40)
    return Text(zh=f"表头“{label}”", en=f"the label “{label}”")


def _statement_place(statement: UnitStatement) -> Text:
    return Text(zh=f"第 {statement.row} 行“{statement.quote}”", en=f"row {statement.row} (“{statement.quote}”)")


def _contradiction_finding(known: LabelledField, one: _Claim, other: _Claim) -> Finding:
    title, english = known.field.title, known.field.policy.title_en
    return _unit_finding(
        "unit-contradiction",
        known,
        f"{one.unit} / {other.unit}",
        Text(
            zh=f"“{title}”的单位前后不一：{one.place.zh}是{one.unit}，{other.place.zh}是{other.unit}，无法判断以哪个为准",
            en=f"the unit of {english} is stated twice and differs: {one.place.en} says {one.unit}, {other.place.en} says {other.unit}",
        ),
        Text(
            zh=f"请核实是{one.unit}还是{other.unit}，改为一致后重新报送",
            en=f"check whether {one.unit} or {other.unit} holds, state it alike in both places and send the file again",
        ),
    )


def _unknown_unit_finding(known: LabelledField, claim: _Claim) -> Finding:
    title, english = known.field.title, known.field.policy.title_en
    return _unit_finding(
        "unit-unknown",
        known,
        claim.unit,
        Text(
            zh=f"“{title}”的单位应为{known.unit}，{claim.place.zh}写的“{claim.unit}”无法识别",
            en=f"{english} is measured in {known.unit}; {claim.place.en} says “{claim.unit}”, which is not a unit that is known here",
        ),
        Text(
            zh=f"请核实单位，以{known.unit}填报，并把此处改为“{known.unit}”",
            en=f"check the unit, report the figures in {known.unit}, and write “{known.unit}” there",
        ),
    )


def _unclear_unit_finding(known: LabelledField, claim: _Claim) -> Finding:
    title, english = known.field.title, known.field.policy.title_en
    return _unit_finding(
        "unit-unclear",
        known,
        claim.unit,
        Text(
            zh=f"{claim.place.zh}写明了单位{claim.unit}，但看不出是否也指“{title}”（规定单位为{known.unit}）",
            en=f"{claim.place.en} states the unit {claim.unit}, and it cannot be told whether {english} (measured in {known.unit}) is meant as well",
        ),
        Text(
            zh=f"请核实，并在表头注明单位，例如“{title}（{claim.unit}）”或“{title}（{known.unit}）”",
            en=f"check it and say the unit in the label, as in {english} ({claim.unit}) or {english} ({known.unit})",
        ),
    )


def _wrong_unit_finding(known: LabelledField, claim: _Claim) -> Finding:
    title, english = known.field.title, known.field.policy.title_en
    of_label = claim.place == _label_place(known)
    sentence = (
        Text(zh="表头写的是", en="the label says ")
        if of_label
        else Text(zh=f"{claim.place.zh}写的是", en=f"{claim.place.en} says ")
    )
    by_hand = unit_key(claim.unit) == _MU and unit_key(known.unit) == _AREA
    hint = Text(zh="（1 亩约合 666.67 ㎡）", en=" (1 mu is about 666.67 ㎡)") if by_hand else Text(zh="", en="")
    return _unit_finding(
        "incorrect-label",
        known,
        known.label if of_label else claim.unit,
        Text(
            zh=f"“{title}”的单位应为{known.unit}，{sentence.zh}{claim.unit}，无法换算",
            en=f"{english} is measured in {known.unit}; {sentence.en}{claim.unit}, which cannot become it",
        ),
        Text(zh=f"改为以{known.unit}填报{hint.zh}", en=f"report it in {known.unit}{hint.en}"),
    )


def _unsaid_unit_finding(known: LabelledField) -> Finding:
    title, english = known.field.title, known.field.policy.title_en
    return _unit_finding(
        "unit-not-said",
        known,
        known.label,
        Text(
            zh=f"“{title}”的单元格按千、百万缩小显示（数字格式以逗号结尾），但文件没有写明单位，无法判断是否为{known.unit}",
            en=f"the cells of {english} show their numbers in thousands or millions (a number format that ends in a comma), but the file "
            f"does not say in what unit; it may not be {known.unit}",
        ),
        Text(
            zh=f"请在表头注明显示的单位，例如“{title}（千{known.unit}）”，或改用常规数字格式、以{known.unit}填报",
            en=f"say in the label what the cells show, as in {english} (千{known.unit}), or use an ordinary number format and report in {known.unit}",
        ),
    )


def _unit_finding(kind: str, known: LabelledField, value: str, message: Text, mend: Text) -> Finding:
    return Finding(
        judge="cell",
        type=kind,
        severity="error",
        field=known.field.name,
        value=masked_excerpt(value),
        message=message,
        mend=mend,
    )


def _describe_conversion(known: LabelledField, claims: list[_Claim]) -> Text:
    title, english = known.field.title, known.field.policy.title_en
    unit, stored = claims[0].unit, known.unit
    zh, en = f"“{title}”以{unit}填报，换算为{stored}", f"{english} is reported in {unit} and converted to {stored}"
    if claims == [_Claim(unit, _label_place(known))]:
        return Text(zh=zh, en=en)
    return Text(
        zh=f"{zh}（依据：{'、'.join(claim.place.zh for claim in claims)}）",
        en=f"{en} (stated in {', '.join(claim.place.en for claim in claims)})",
    )
