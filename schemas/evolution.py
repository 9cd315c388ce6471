"""Differences between two versions of a contract, field by field, and whether they break submitters or readers.

Breaking: files that were valid are refused, or something that readers rely on is removed. Semantic version: a breaking change
raises the first number, an addition or a wider limit the second, anything else the third. Not here: printing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from schemas.contract import Contract, Field
from schemas.errors import UsageError
from schemas.text import Text

ChangeKind = Literal["breaking", "addition", "wording"]
Version = tuple[int, int, int]
_VERSION_PARTS: Mapping[ChangeKind, int] = {"breaking": 0, "addition": 1, "wording": 2}
_FLOORS = frozenset({"minimum", "exclusiveMinimum", "minLength"})
_CEILINGS = frozenset({"maximum", "exclusiveMaximum", "maxLength"})
_SEMANTIC_PROPERTIES = (
    ("unit", "单位", "unit"),
    ("codelist", "代码表", "code list"),
    ("as_of", "代码的有效日字段", "as_of"),
)
"""Field properties that define the meaning of its cells: (model attribute, Chinese name, English name)."""


@dataclass(frozen=True)
class ContractChange:
    """One difference: its kind, the field (None: the dataset), and its text."""

    kind: ChangeKind
    field: str | None
    text: Text


def compare_contracts(old: Contract, new: Contract) -> tuple[ContractChange, ...]:
    """Returns every difference that affects files or readers: old fields, new fields, the dataset, then rules.

    UsageError if the contracts are of two datasets.
    """
    if old.name != new.name:
        raise UsageError(
            Text(
                zh=f"两份数据规范不属于同一数据集：{old.name}、{new.name}",
                en=f"these are contracts of two datasets: {old.name} and {new.name}",
            )
        )
    renamed = dict(_find_renamed(old, new))
    now = {field.name: field for field in new.fields}
    found: list[ContractChange] = []
    for field in old.fields:
        if field.name in now:
            found += _compare_field(field, now[field.name])
        else:
            found.append(_describe_removed_field(field, renamed.get(field.name)))
    before = {field.name for field in old.fields} | set(renamed.values())
    found += [_describe_added_field(field) for field in new.fields if field.name not in before]
    return (*found, *_compare_dataset(old, new), *_compare_rules(old, new))


def required_version(old: str, found: Sequence[ContractChange]) -> str:
    """Returns the lowest version after `old` that these changes require; `old` itself if there are none."""
    version = parse_version(old)
    if not found:
        return old
    step = min(_VERSION_PARTS[change.kind] for change in found)
    raised = (*version[:step], version[step] + 1, *(0,) * (2 - step))
    return ".".join(map(str, raised))


def is_version_sufficient(old: Contract, new: Contract, found: Sequence[ContractChange]) -> bool:
    """Whether the new contract's version is at least the required one; without changes it must not decrease."""
    return parse_version(new.version) >= parse_version(required_version(old.version, found))


def parse_version(text: str) -> Version:
    """Returns the three numbers of a version; UsageError if it has others."""
    try:
        first, second, third = (int(part) for part in text.split("."))
    except ValueError as wrong:
        raise UsageError(
            Text(zh=f"版本号“{text}”应为三个数，如 1.2.0", en=f"version “{text}” must be three numbers, such as 1.2.0")
        ) from wrong
    return first, second, third


def _find_renamed(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    """Yields (old name, new name) of a removed and an added field with the same Chinese title and type."""
    names = {field.name for field in old.fields}
    fresh = {(field.title, field.type): field.name for field in new.fields if field.name not in names}
    kept = {field.name for field in new.fields}
    for field in old.fields:
        if field.name not in kept and (field.title, field.type) in fresh:
            yield field.name, fresh.pop((field.title, field.type))


def _describe_removed_field(field: Field, renamed: str | None) -> ContractChange:
    if renamed:
        return _make_change("breaking", field.name, f"改名为 {renamed}", f"renamed to {renamed}")
    return _make_change("breaking", field.name, "字段已删除", "the field is gone")


def _describe_added_field(field: Field) -> ContractChange:
    if field.required:
        return _make_change("breaking", field.name, "新增必填字段", "a new field that is required")
    return _make_change("addition", field.name, "新增选填字段", "a new field that may be left empty")


def _compare_field(old: Field, new: Field) -> Iterator[ContractChange]:
    name = old.name
    if (old.type, old.format) != (new.type, new.format):
        kinds = [f"{one.type}/{one.format}" for one in (old, new)]
        yield _make_change("breaking", name, f"类型由 {kinds[0]} 改为 {kinds[1]}", f"type {kinds[0]} became {kinds[1]}")
    for limit in sorted({*old.constraints, *new.constraints}):
        before, after = old.constraints.get(limit), new.constraints.get(limit)
        if before != after:
            kind: ChangeKind = "breaking" if _is_narrower(limit, before, after) else "addition"
            yield _make_change(kind, name, f"{limit} 由 {before} 改为 {after}", f"{limit} was {before}, is {after}")
    for part, zh, en in _SEMANTIC_PROPERTIES:
        was, now = getattr(old.policy, part), getattr(new.policy, part)
        if was != now:
            yield _make_change("breaking", name, f"{zh}由 {was} 改为 {now}", f"{en} was {was}, is {now}")
    if removed := set(old.policy.empty_words) - set(new.policy.empty_words):
        yield _make_change(
            "breaking", name, f"不再表示空白的词：{sorted(removed)}", f"no longer a word for nothing: {sorted(removed)}"
        )
    if come := set(new.policy.empty_words) - set(old.policy.empty_words):
        yield _make_change("addition", name, f"新的空白词：{sorted(come)}", f"new words for nothing: {sorted(come)}")
    yield from _compare_contact(old, new)
    if _field_texts(old) != _field_texts(new):
        yield _make_change("wording", name, "名称、说明或示例有改动", "title, description or example changed")


def _compare_contact(old: Field, new: Field) -> Iterator[ContractChange]:
    if old.policy.office_contact and not new.policy.office_contact:
        yield _make_change("breaking", old.name, "不再是单位联系方式", "no longer an office's contact")
    if new.policy.office_contact and not old.policy.office_contact:
        yield _make_change("addition", old.name, "成为单位联系方式", "became an office's contact")


def _is_narrower(limit: str, old: Any, new: Any) -> bool:  # noqa: ANN401 - constraints hold any JSON value
    """Whether files that met the old limit may fail the new one; a changed pattern always counts as narrower."""
    if new is None or new is False:
        return False
    if old is None or old is False:
        return True
    if limit == "enum":
        return not set(map(str, old)) <= set(map(str, new))
    if limit in _FLOORS:
        return bool(new > old)
    return bool(new < old) if limit in _CEILINGS else True


def _field_texts(field: Field) -> tuple[object, ...]:
    about = field.policy
    return field.title, field.description, about.title_en, about.description_en, about.example


def _compare_dataset(old: Contract, new: Contract) -> Iterator[ContractChange]:
    for what, before, after in _compare_settings(old, new):
        if before != after:
            yield _make_change(
                "breaking", None, f"{what.zh}由 {before} 改为 {after}", f"{what.en} was {before}, is {after}"
            )
    for what, narrower, wider in _compare_sets(old, new):
        if narrower:
            yield _make_change("breaking", None, f"{what.zh}：{sorted(narrower)}", f"{what.en}: {sorted(narrower)}")
        if wider:
            yield _make_change(
                "addition", None, f"{what.zh}（放宽）：{sorted(wider)}", f"{what.en} (wider): {sorted(wider)}"
            )
    for what, was, now in _compare_limits(old, new):
        if was != now:
            kind: ChangeKind = "breaking" if now > was else "addition"
            yield _make_change(
                kind,
                None,
                f"{what.zh}{'收紧' if now > was else '放宽'}",
                f"{what.en}: {'stricter' if now > was else 'wider'}",
            )
    described = [
        (c.title, c.description, c.keywords, c.licence, c.policy.catalogue, c.policy.finder) for c in (old, new)
    ]
    if described[0] != described[1]:
        yield _make_change(
            "wording", None, "名称、说明或目录信息有改动", "title, description or catalogue entry changed"
        )


def _compare_settings(old: Contract, new: Contract) -> Iterator[tuple[Text, object, object]]:
    yield Text(zh="主键", en="primary key"), list(old.primary_key), list(new.primary_key)
    yield Text(zh="期间", en="period"), old.policy.slice.period, new.policy.slice.period
    yield Text(zh="方式", en="mode"), old.policy.mode, new.policy.mode
    yield Text(zh="省份", en="province"), old.policy.province, new.policy.province
    yield Text(zh="坐标", en="coordinates"), old.policy.coordinates, new.policy.coordinates


def _compare_sets(old: Contract, new: Contract) -> Iterator[tuple[Text, set[str], set[str]]]:
    """Yields (text, values that narrow the contract, values that widen it)."""
    submitters = set(old.policy.submitters), set(new.policy.submitters)
    yield Text(zh="报送单位", en="submitters"), submitters[0] - submitters[1], submitters[1] - submitters[0]
    hidden = set(old.policy.disclosure.protected), set(new.policy.disclosure.protected)
    yield Text(zh="不公开的字段", en="protected fields"), hidden[1] - hidden[0], hidden[0] - hidden[1]
    empty = set(old.missing_values), set(new.missing_values)
    yield Text(zh="表示空白的值", en="missing values"), empty[0] - empty[1], empty[1] - empty[0]


def _compare_limits(old: Contract, new: Contract) -> Iterator[tuple[Text, float, float]]:
    words = ("ignore", "refuse")
    columns = (float(words.index(c.policy.new_columns)) for c in (old, new))
    yield Text(zh="对新列的处理", en="what becomes of new columns"), next(columns), next(columns)
    yield (
        Text(zh="允许暂缓的行数", en="rows that may be held back"),
        -old.policy.quarantine.share,
        -new.policy.quarantine.share,
    )


def _compare_rules(old: Contract, new: Contract) -> Iterator[ContractChange]:
    """Yields the differences of rules and expectations; a new or changed one is breaking only if its severity is error."""
    before, after = ({one.id: one for one in (*c.policy.rules, *c.policy.expectations)} for c in (old, new))
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if now is None:
            yield _make_change("addition", None, f"规则 {name} 已取消", f"rule {name} is gone")
        elif was is not None and _dump_rule_logic(was) == _dump_rule_logic(now):
            yield _make_change("wording", None, f"规则 {name} 的文字有改动", f"the words of rule {name} changed")
        else:
            kind: ChangeKind = "breaking" if now.severity == "error" else "addition"
            yield _make_change(kind, None, f"规则 {name} 新增或改动", f"rule {name} is new or judges otherwise")


def _dump_rule_logic(rule: Any) -> dict[str, Any]:  # noqa: ANN401 - a rule or an expectation of any kind
    parts: dict[str, Any] = rule.model_dump(exclude={"message", "mend", "source"})
    return parts


def _make_change(kind: ChangeKind, field: str | None, zh: str, en: str) -> ContractChange:
    return ContractChange(kind, field, Text(zh=zh, en=en))
