"""Detection of further headers among the rows: printed pages or whole files that were pasted below each other.

A further header with the columns of the first is no data. One with other columns, or in another order, is a finding on
the whole file, because the rows below it would be read into the wrong columns. Not here: the first header (`header`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.columns.column_labels import SERIAL, label_key, match_label
from pipelines.read.reading import RAGGED_ROWS, list_rows
from pipelines.read.tables.header import Header
from pipelines.read.tables.row_defects import other_header
from quality.findings import Finding
from schemas.text import Text

_LEAST = 3
"""Minimum number of labels for a row to be a header: in narrower tables a value may well be the name of a column."""
_KEPT = 1_024
"""Distinct rows whose comparison is kept: printed pages have one header."""
_BLANKS = r"[\t-\r\x1c-\x20\x85\p{Z}\x{200b}-\x{200f}\x{2060}\x{feff}\x{ad}]+"
"""What a label's key has no more, in RE2's words."""
_GUARDS = "='\""
_AROUND = " \t\r\n\u00a0\u3000\ufeff\x1a*＊:："


@dataclass(frozen=True)
class RepeatedHeaders:
    """Positions of further headers, ascending: `places` with the columns of the first, `others` with other columns."""

    places: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def find_repeated_headers(table: pa.Table, header: Header) -> RepeatedHeaders:
    """Returns the further headers of a table; none if the first has fewer than three labels."""
    labels = [label_key(label) for label in header.labels]
    at = next((at for at, label in enumerate(labels) if label), None)
    if at is None or len([label for label in labels if label]) < _LEAST or at >= table.num_columns:
        return RepeatedHeaders()
    known = pa.array(sorted({*labels, *header.names, *SERIAL} - {""}), pa.string())
    likely = pc.is_in(pc.utf8_lower(pc.utf8_trim(table.column(at), _AROUND)), value_set=known)
    places = _drop_unlikely(table, pc.indices_nonzero(likely), header)

    @lru_cache(maxsize=_KEPT)
    def compare(*cells: str) -> bool | None:
        return _compare_header([cell.strip(_AROUND) for cell in cells], header)

    kinds = [(place, compare(*cells)) for place, cells in zip(places, list_rows(table, places), strict=True)]
    return RepeatedHeaders(
        places=tuple(place for place, same in kinds if same),
        others=tuple(place for place, same in kinds if same is False),
    )


def _drop_unlikely(table: pa.Table, places: pa.Array, header: Header) -> list[int]:
    """Returns the candidates in which enough cells begin with the name of a field to be a header: a column of data may consist of such names."""
    begins = f"^(?:{'|'.join(re.escape(name) for name in header.names if name)})"
    if not len(places):
        return []
    named = pa.nulls(len(places), pa.int64()).fill_null(0)
    for column in table.columns:
        keys = pc.replace_substring_regex(pc.utf8_normalize(column.take(places), "NFKC"), _BLANKS, "")
        begun = pc.match_substring_regex(pc.utf8_lower(pc.utf8_trim(keys, _AROUND + _GUARDS)), begins)
        named = pc.add(named, begun.combine_chunks().cast(pa.int64()))
    return [*places.filter(pc.greater_equal(named, min(_LEAST, header.known))).to_pylist()]


def _compare_header(cells: Sequence[str], header: Header) -> bool | None:
    """Returns whether a row that is a header has the columns of the first; None if it is no header."""
    filled = [(at, cell) for at, cell in enumerate(cells) if label_key(cell)]
    named = {at: name for at, cell in filled if (name := match_label(cell, header.names)[0])}
    if len(filled) < _LEAST or len(named) < min(_LEAST, header.known) or 2 * len(named) < len(filled):
        return None
    return all(
        label_key(cell) == label_key(header.labels[at]) or (at in named and named[at] == header.fields[at])
        for at, cell in filled
    )


def find_other_headers(table: pa.Table, rows: pa.Array, found: RepeatedHeaders, header: Header) -> list[Finding]:
    """Returns one finding per further header with other columns, at most `RAGGED_ROWS`: one is enough for the file not to be accepted."""
    others = found.others[:RAGGED_ROWS]
    texts = (",".join(cells) for cells in list_rows(table, others))
    return [other_header(rows[place].as_py(), header.row, text) for place, text in zip(others, texts, strict=True)]


def describe_repeats(found: RepeatedHeaders, above: int) -> list[Text]:
    """Returns the receipt's note on the further headers that were skipped, with `above` rows of titles and footers."""
    if not found.places:
        return []
    zh = f"，连同其上 {above} 行标题或表尾，" if above else "，"
    en = f" with {above} rows of titles and notes above them" if above else ""
    return [
        Text(
            zh=f"表头在数据中又出现 {len(found.places)} 次{zh}这些行未作为数据读取",
            en=f"the header stands among the data {len(found.places)} times more{en}; those rows were not read as data",
        )
    ]
