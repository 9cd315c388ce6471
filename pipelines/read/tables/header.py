"""Search for the header among the first records: the one that names most fields of the contract.

Not here: findings on the labels (`pipelines/columns/column_matching.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.columns.column_labels import field_names_by_label, match_label
from pipelines.read.reading import COLUMNS, HEADER_WITHIN, refuse_file
from pipelines.read.tables.two_row_header import find_two_row_header, join_labels_above, join_labels_below
from quality.findings import Finding, masked_excerpt
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.text import Text

_NAMED = 6


@dataclass(frozen=True)
class Header:
    """The header record: its position `at` (first record = 0), its labels as written, the field that each names.

    `above`: number and cells of each filled record above it. `names`: field name by label key, empty without a contract.
    `required`: names of the fields that no row may leave empty. `findings`: on a header of two rows, of which `at` is the second and the labels
    are those of both.
    """

    at: int
    labels: tuple[str, ...]
    fields: tuple[str | None, ...]
    decisions: tuple[Text, ...] = ()
    above: tuple[tuple[int, tuple[str, ...]], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    required: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()

    @property
    def known(self) -> int:
        """Number of different contract fields that the labels name; 0 without a contract."""
        return len({name for name in self.fields if name})

    @property
    def row(self) -> int:
        """The row number as a spreadsheet shows it (first record = 1)."""
        return self.at + 1

    def may_lack(self, cells: int) -> bool:
        """Whether a row may end after so many cells: all further columns are optional fields, or no fields of the contract.

        Without a contract only columns without a label may be lacking.
        """
        beyond = zip(self.labels[cells:], self.fields[cells:], strict=True)
        return all(not label.strip() or (bool(self.known) and field not in self.required) for label, field in beyond)


def parse_header(record: Sequence[str], contract: Contract | None) -> Header:
    """Returns the first record of a file as its header, without checking that it is one."""
    return _name_columns(record, field_names_by_label(contract) if contract else {}, _required_names(contract), 0)


def find_header(records: Sequence[Sequence[str]], contract: Contract | None) -> Header | None:
    """Returns the header among the first records; None if all are blank.

    With a contract this is the record that names most fields. If no record names any, or without a contract, it is the
    first record that is not blank. Only the first `HEADER_WITHIN` records are searched.
    """
    filled = [(at, record) for at, record in enumerate(records[:HEADER_WITHIN]) if any(cell.strip() for cell in record)]
    if not filled:
        return None
    names = field_names_by_label(contract) if contract else {}
    required = _required_names(contract)
    best = _name_columns(filled[0][1], names, required, filled[0][0])
    for at, record in filled[1:]:
        # A record names at most as many fields as it has filled cells, and of two that name as many the first is taken.
        if count_filled_cells(record) > best.known:
            best = max(best, _name_columns(record, names, required, at), key=lambda header: header.known)
    joined = _join_two_rows(records, best) if best.known else None
    top, best = (joined.at - 1, joined) if joined else (best.at, best)
    above = tuple((at + 1, tuple(record)) for at, record in filled if at < top)
    return replace(best, decisions=_describe_lines_above(filled, top), above=above)


def _join_two_rows(records: Sequence[Sequence[str]], header: Header) -> Header | None:
    """Returns the header of two rows, of which the found one is the first or the second; None if it has one row."""
    pairs = ((header.at, join_labels_below), (header.at - 1, join_labels_above))
    for at, join_labels in pairs:
        if at < 0 or at + 1 >= min(len(records), HEADER_WITHIN):
            continue
        upper, lower = records[at], records[at + 1]
        if labels := join_labels(upper, lower, header.names):
            found = (find_two_row_header(upper, lower, at + 1),)
            return replace(_name_columns(labels, header.names, header.required, at + 1), findings=found)
    return None


def count_filled_cells(record: Sequence[str]) -> int:
    """Returns how many cells of a record hold text; a header cannot name more fields than that."""
    return sum(bool(cell.strip()) for cell in record)


def _required_names(contract: Contract | None) -> frozenset[str]:
    return frozenset(field.name for field in contract.fields if field.required) if contract else frozenset()


def _name_columns(record: Sequence[str], names: Mapping[str, str], required: frozenset[str], at: int) -> Header:
    fields = tuple(match_label(cell, names)[0] for cell in record) if names else (None,) * len(record)
    return Header(at=at, labels=tuple(record), fields=fields, names=names, required=required)


def require_header(header: Header | None, name: str, contract: Contract | None) -> Header:
    """Returns the header unchanged if the file can be read with it.

    Raises UnreadableFile: empty (nothing but blanks), no-header (the contract knows none of the labels), too-large
    (more than `COLUMNS` columns).
    """
    if header is None:
        raise blank_file_error(name)
    if len(header.labels) > COLUMNS:
        raise refuse_file(
            "too-large",
            f"“{name}”第 {header.row} 行有 {len(header.labels)} 列，超过上限 {COLUMNS} 列；请检查分隔符，或只保留模板中的列",
            f"“{name}” has {len(header.labels)} columns in row {header.row}, above the limit of {COLUMNS}; check the delimiter",
        )
    if contract is not None and header.known == 0:
        raise _unknown_header_error(header, name, contract)
    return header


def blank_file_error(name: str) -> UnreadableFile:
    """Returns the exception (kind `empty`) for a file without any content."""
    return refuse_file(
        "empty",
        f"“{name}”中没有任何内容；请检查是否选错了文件或工作表没有保存",
        f"“{name}” holds nothing at all; check that it is the right file and was saved",
    )


def no_rows_error(name: str, header: Header) -> UnreadableFile:
    """Returns the exception (kind `no-rows`) for a file that has a header and no rows below it."""
    return refuse_file(
        "no-rows",
        f"“{name}”只有表头（第 {header.row} 行），没有数据；请填写数据后重新报送，本期确无数据请告知省体育局数据管理员",
        f"“{name}” has a header (row {header.row}) and no data; fill it in, or tell the data steward that there is nothing",
    )


def _unknown_header_error(header: Header, name: str, contract: Contract) -> UnreadableFile:
    seen = "、".join(str(masked_excerpt(label, 20)) for label in header.labels[:_NAMED])
    wanted = [field.label for field in contract.fields[:_NAMED]]
    return refuse_file(
        "no-header",
        f"“{name}”前 {HEADER_WITHIN} 行里找不到“{contract.title.zh}”的表头；"
        f"应有 {'、'.join(text.zh for text in wanted)} 等列，第 {header.row} 行是：{seen}。"
        "请用采集模板，或检查数据集、编码和分隔符是否选对",
        f"no row among the first {HEADER_WITHIN} of “{name}” is a header of {contract.title.en}: expected such columns as "
        f"{', '.join(text.en for text in wanted)}; row {header.row} is: {seen}. "
        "Use the template, or check dataset, encoding and delimiter",
    )


def _describe_lines_above(filled: Sequence[tuple[int, Sequence[str]]], header: int) -> tuple[Text, ...]:
    skipped = [(at + 1, record) for at, record in filled if at < header]
    if not skipped:
        return ()
    first = masked_excerpt(next(cell.strip() for cell in skipped[0][1] if cell.strip()), 40)
    return (
        Text(
            zh=f"第 {header + 1} 行是表头；跳过上方 {len(skipped)} 行标题或说明（“{first}”等）",
            en=f"row {header + 1} is the header; {len(skipped)} rows of titles or notes above it were skipped (“{first}” …)",
        ),
    )
