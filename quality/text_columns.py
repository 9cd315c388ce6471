"""Text columns for searches: the distinct texts of a dictionary column, each once, and the rows that have them.

Not here: what is searched for.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance.buffers import as_single_text, cell_bytes

FEW_BYTES = 16_384
"""Bytes of text that Python searches in the time that Arrow takes to compile a long expression, which it does at each call."""
_OFFSET = 4
"""Bytes that a text takes besides its own."""
_FEW_ROWS = 8_192
_SAMPLE, _REPEATING = 2_000, 0.25
_BETWEEN = "\0\n"
"""Stands between two texts that are searched as one: no expression goes on beyond the first sign, a line begins after the second."""


@dataclass(frozen=True)
class SearchedColumn:
    """The texts to search. `cells`: all rows, of whose cells `texts` has each once; None if `texts` has one text for each row."""

    texts: pa.Array
    cells: pa.Array | None

    def find_rows(self, at: int) -> Sequence[int]:
        """Returns the rows that have the text at that place."""
        if self.cells is None:
            return (at,)
        rows: list[int] = pc.indices_nonzero(pc.fill_null(pc.equal(self._places, at), False)).to_pylist()
        return rows

    @cached_property
    def _places(self) -> pa.Array:
        """For each row the index of its text: found when a row is first asked for, which in most columns none is."""
        cells = self.cells
        return cells.indices if isinstance(cells, pa.DictionaryArray) else pc.index_in(cells, value_set=self.texts)


def open_column(column: pa.ChunkedArray) -> SearchedColumn | None:
    """Returns a column of text, or of dictionaries of text; None for other types."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    if not pa.types.is_dictionary(column.type):
        return SearchedColumn(column.combine_chunks(), None)
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole if isinstance(whole, pa.DictionaryArray) else whole.chunk(0)
    return SearchedColumn(whole.dictionary, whole)


def search_once(texts: pa.Array) -> SearchedColumn:
    """Returns a large column with each text once if few of its first are distinct: a search costs more for each text than for each byte."""
    return SearchedColumn(texts.unique(), texts) if _has_repeated(texts) else SearchedColumn(texts, None)


def holds_match(column: pa.ChunkedArray, pattern: str) -> bool:
    """Returns whether any text of the column matches; if few of the first are distinct, each text is searched once."""
    texts = pc.unique(column) if _has_repeated(column) else column
    return pc.any(pc.match_substring_regex(texts, pattern)).as_py() is True


def find_matching(column: pa.ChunkedArray, pattern: str) -> list[str]:
    """Returns the texts of the column that match, each once; searched as by `holds_match`."""
    texts = pc.unique(column) if _has_repeated(column) else column
    found: list[str] = pc.unique(texts.filter(pc.match_substring_regex(texts, pattern))).to_pylist()
    return found


def _has_repeated(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Whether there are many texts, and few of the first are distinct."""
    return len(texts) > _FEW_ROWS and pc.count_distinct(texts.slice(0, _SAMPLE)).as_py() <= _SAMPLE * _REPEATING


def join_columns(columns: Iterable[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Returns the cells of all columns of text, one column after the other, without copying them; other types are left out.

    In a small table a search costs more for each call than for each cell, so rare texts are searched for in all columns at once.
    """
    return pa.chunked_array(
        [chunk for column in columns if pa.types.is_string(column.type) for chunk in column.chunks], pa.string()
    )


def may_match(texts: pa.ChunkedArray, pattern: str) -> bool:
    """Returns whether any text may match the regular expression; False is certain. Returns True without a search if there are many texts.

    The expression must mean the same in RE2 and Python, and must match neither an empty text nor the end of a text.
    """
    if not _are_few(texts):
        return True
    whole = _BETWEEN.join(text for text in texts.to_pylist() if text)
    return _compile_for_lines(pattern).search(whole) is not None


def may_occur(texts: pa.Array | pa.ChunkedArray, pattern: str) -> bool:
    """Returns whether a match may be in any text; False is certain. Returns True without a search if there are few texts.

    The bytes of many texts are searched as one, in a third to a half of the time. The expression must not ask where a text begins or ends.
    """
    if len(texts) <= _FEW_ROWS or not pa.types.is_string(texts.type):
        return True
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    whole = (as_single_text(pa.py_buffer(cell_bytes(chunk)), pa.string()) for chunk in chunks)
    return any(pc.match_substring_regex(text, pattern)[0].as_py() for text in whole)


def match_texts(texts: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    """Returns whether each text matches, null for null; the expression as in `may_match`. Few texts are searched by Python."""
    if not _are_few(texts):
        return pc.match_substring_regex(texts, pattern)
    search = re.compile(pattern).search
    found = [None if text is None else search(text) is not None for text in texts.to_pylist()]
    return pa.chunked_array([pa.array(found, pa.bool_())])


def _are_few(texts: pa.ChunkedArray) -> bool:
    """Whether the texts are so few that Python searches them faster. The bytes of many texts are not counted, because that would read a page of every chunk."""
    return len(texts) * _OFFSET <= FEW_BYTES and texts.nbytes <= FEW_BYTES


@lru_cache(maxsize=32)
def _compile_for_lines(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
