"""Detection of JSON that is one page of a longer answer: it announces more rows than it holds.

Not here: reading the rows (`json_records`, `features`).

Source: the envelopes of common frameworks (Spring Data, MyBatis PageHelper, Django REST), OGC API Features
(`numberMatched`), WFS of GeoServer (`totalFeatures`), ArcGIS (`exceededTransferLimit`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.read.tables.row_defects import fewer_than_announced, more_pages
from quality.findings import Finding, masked_excerpt
from schemas.text import Text

_TOTALS = frozenset(
    {"total", "totalcount", "totalrecords", "totalrecord", "totalelements", "totalrows", "totalsize", "totalitems"}
    | {"totalnum", "totalfeatures", "numbermatched", "recordstotal", "recordcount", "rowcount", "count"}
    | {"总数", "总条数", "总行数", "总记录数", "记录总数", "记录数", "数据总数", "数据总量"}
)
_MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "exceededtransferlimit"})


def find_missing_pages(document: object, rows: int) -> list[Finding]:
    """Returns one finding if the document says that it has more than the `rows` that it holds, else none.

    Looked for beside the rows and one level deeper (`{"page": {"totalElements": 3401}, "data": [...]}`).
    """
    if not isinstance(document, dict):
        return []
    announced = [(count, key) for key, value in _envelope_items(document) if (count := _announced(key, value)) > rows]
    if announced:
        count, key = max(announced)
        where = Text(zh=f"文件的“{masked_excerpt(key, 40)}”注明", en=f"by its “{masked_excerpt(key, 40)}” the file has")
        return [fewer_than_announced(count, rows, where)]
    more = next((key for key, value in _envelope_items(document) if _plain_key(key) in _MORE and value is True), None)
    return [more_pages(rows, more)] if more else []


def _envelope_items(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from document.items()
    for value in document.values():
        if isinstance(value, dict):
            yield from value.items()


def _announced(key: str, value: object) -> int:
    """Returns the number of rows that this entry announces; -1 if it announces none."""
    if _plain_key(key) not in _TOTALS or isinstance(value, bool):
        return -1
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,12}\s*", value, re.ASCII):
        return int(value)
    return value if isinstance(value, int) else -1


def _plain_key(key: str) -> str:
    return re.sub(r"[\s_-]", "", key).casefold()
