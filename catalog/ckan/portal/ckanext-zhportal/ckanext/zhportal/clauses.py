"""Converts a reader's query to clauses that Solr's dismax parser counts correctly. Pure functions on text.

CKAN passes the query to dismax with `mm` (how many clauses must match). dismax separates clauses at blanks; Chinese has none,
so 体育馆 would be one clause whose bigrams (体育, 育馆) are alternatives, and every text with 体育 would match. Here: splitting
Chinese text, removing question words and operators. Not here: what is indexed (`indexing.py`).
"""

import re
from collections.abc import Iterable

MATCH = "2<-1 3<60%"
"""Of 1 or 2 clauses all must match, of 3 two, of more 60 %. With CKAN's default `2<-1 5<80%`, 运动员成绩 finds nothing."""
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
ASKING = re.compile(
    "请问|哪里有|哪儿有|在哪里|在哪儿|哪里|哪儿|有没有|有哪些|哪些|什么时候|什么|怎么样|怎么|如何|多少|几点钟?|可不可以|可以|能不能|的地方|想知道|我想|吗|呢|的"
)
"""Question words that titles do not contain; removed from a query unless nothing else would be left."""
OPERATORS = re.compile(r"(?<!\S)(?:AND|OR|NOT|&&|\|\|)(?!\S)|(?<!\S)[-+!]+(?!\S)")
"""Removed from a query: dismax does not support AND and OR, and fails on a query that ends in one."""


def clauses(query: str, abbreviations: Iterable[tuple[str, str]] = ()) -> str:
    """Returns the query as clauses separated by blanks: 体育馆 2026 becomes 体育 育馆 2026.

    Abbreviations are replaced by their long forms, question words removed: 沈阳哪里可以游泳 becomes 沈阳 游泳. Empty stays empty.
    """
    query = OPERATORS.sub(" ", query)
    for short, full in abbreviations:
        query = query.replace(short, full)
    asked = ASKING.sub(" ", query)
    return HAN.sub(_pairs, asked if HAN.search(asked) else query).strip()


def _pairs(run: re.Match[str]) -> str:
    """Overlapping pairs of characters; a single character stays as it is."""
    han = run[0]
    return f" {' '.join(han[at : at + 2] for at in range(max(1, len(han) - 1)))} "
