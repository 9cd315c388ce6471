"""Detection of text that an earlier conversion damaged, in the text fields of a file.

Each damaged cell is a finding with the text it probably held, where the damage can be undone. The cells stay unchanged. Not here:
the ways back (`mojibake`), replacement characters (`tabulate` reports them), fields of codes, whose pattern or list finds any
damage.

Sources: GB 18030-2022, table of the characters that had private codes in the editions of 2000 and 2005; Microsoft C run-time
(uninitialised memory CC and CD bytes read as GBK: 烫, 屯).
"""

import re
from collections.abc import Iterator
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.defects import REPLACED, damaged_text, doubtful_boxes
from pipelines.read.marked_cells import MarkedCells
from pipelines.read.mojibake import LATIN_LETTERS, is_garbled, restore_text, utf8_as_gbk_characters
from pipelines.read.reading import Reading
from pipelines.read.tables.field_columns import search_fields
from quality.findings import Finding, FindingKind
from quality.text_columns import holds_match, join_columns, may_match, may_occur
from schemas.contract import Contract, Field
from schemas.execution.late_pattern import compile_late

_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_ASSIGNED = {
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16,
    0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4,
    0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9,
    0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
"""Private codes of characters that Unicode has now."""
_BULLETS = compile_late("^[\uf020-\uf0ff]+\\s*")
"""Bullets of Word's symbol fonts before a text."""
_LOST = compile_late("锟斤|斤拷|烫{3}|屯{3}|葺{3}|铪{3}")
_MARKS = compile_late(r"^\?+(?=[\u3400-\u9fff])|^\?{2,}$|\?{2,}(?=[^?\s])|(?<=[\u3400-\u9fff])\?{2,}$")
_ASKED = compile_late(r"[吗呢嘛么何谁哪几否怎啥]")
_BOXES = compile_late("[口□]{2,}(?!相传|声声)(?=[\u3400-\u9fff])")
_SUSPICIOUS = f"[{_PRIVATE}]|{_LOST.pattern}|\\?\\?|口口|□□|[{LATIN_LETTERS}]"


def find_damaged_texts(reading: Reading, contract: Contract) -> list[MarkedCells]:
    """Returns the damaged cells (`damaged-text`, or the warning `doubtful-text`) of each field of text."""
    if not may_match(join_columns(reading.table.columns), _likely_pattern()):
        return []
    return search_fields(reading, contract, _holds_text, _find_in_column)


@cache
def _likely_pattern(first: str = r"^\?") -> str:
    return f"{_SUSPICIOUS}|{first}|[{utf8_as_gbk_characters()}]"


def _holds_text(field: Field) -> bool:
    coded = field.policy.codelist is not None or bool({"pattern", "enum"} & set(field.constraints))
    return field.type == "string" and not coded


def _find_in_column(column: pa.ChunkedArray, rows: pa.Array, field: Field) -> Iterator[MarkedCells]:
    if not may_occur(column, _likely_pattern(first=r"\?")) or not holds_match(column, _likely_pattern()):
        return
    likely = pc.match_substring_regex(column, _likely_pattern())
    cells = column.filter(likely).combine_chunks().dictionary_encode()
    damage = [_find_damage(text) for text in cells.dictionary.to_pylist()]
    numbers = pa.chunked_array([rows]).filter(likely).combine_chunks()
    for certain, kind in (
        (True, FindingKind("cell", "damaged-text", "error", field.name)),
        (False, FindingKind("cell", "doubtful-text", "warning", field.name)),
    ):
        chosen = [at for at, found in enumerate(damage) if found is not None and found[0] is certain]
        if chosen:
            marked = pc.is_in(cells.indices, value_set=pa.array(chosen, cells.indices.type))
            yield MarkedCells(kind, column, rows, numbers.filter(marked), _make_damaged if certain else doubtful_boxes)


def _make_damaged(row: int, field: str | None, text: str) -> Finding:
    _, restored = _find_damage(text) or (True, None)
    return damaged_text(row, field, text, restored)


def _find_damage(text: str) -> tuple[bool, str | None] | None:
    """Returns whether the text is damaged for certain, and what it probably was; None if nothing is wrong with it."""
    if REPLACED in text:
        return None
    if re.search(f"[{_PRIVATE}]", text):
        return True, _replace_private(text)
    if (restored := restore_text(text)) is not None:
        return True, None if "?" in restored and "?" in text else restored.strip()
    if _LOST.search(text) or is_garbled(text) or _has_lost_marks(text):
        return True, None
    return (False, None) if _BOXES.search(text) else None


def _replace_private(text: str) -> str | None:
    """Returns the text with private codes of known characters replaced and bullets removed; None if others are left."""
    known = _BULLETS.sub("", text.translate(_ASSIGNED)).strip()
    return None if not known or re.search(f"[{_PRIVATE}]", known) else known


def _has_lost_marks(text: str) -> bool:
    """Whether question marks stand for lost characters: not in an address of the web, and not after a question."""
    return _MARKS.search(text) is not None and "://" not in text and not _ASKED.search(text)
