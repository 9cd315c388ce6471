"""A reader's query as clauses that Solr's dismax parser counts well: pure text in, pure text out.

CKAN sends the query to dismax with `mm` (how many clauses must match). dismax counts clauses between blanks; Chinese has
none, so 体育馆 would be one clause whose bigrams (体育, 育馆) are alternatives, and everything that says 体育 would be found.
Here: that, words of asking, operators. Not here: what is indexed (`indexing.py`).
"""

import re
from collections.abc import Iterable

MATCH = "2<-1 3<60%"
"""Of 1 or 2 clauses all, of 3 two, of more 60 %. With CKAN's own `2<-1 5<80%`, 运动员成绩 finds nothing."""
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
ASKING = re.compile(
    "请问|哪里有|哪儿有|在哪里|在哪儿|哪里|哪儿|有没有|有哪些|哪些|什么时候|什么|怎么样|怎么|如何|多少|几点钟?|可不可以|可以|能不能|的地方|想知道|我想|吗|呢|的"
)
"""Words with which people ask and no title answers; they leave a query unless nothing else is in it."""
OPERATORS = re.compile(r"(?<!\S)(?:AND|OR|NOT|&&|\|\|)(?!\S)|(?<!\S)[-+!]+(?!\S)")
"""dismax knows no AND and OR, and answers a query that ends in one with an error."""


def clauses(query: str, abbreviations: Iterable[tuple[str, str]] = ()) -> str:
    """体育馆 2026 becomes 体育 育馆 2026; abbreviations become their long form; 沈阳哪里可以游泳 becomes 沈阳 游泳."""
    query = OPERATORS.sub(" ", query)
    for short, full in abbreviations:
        query = query.replace(short, full)
    asked = ASKING.sub(" ", query)
    return HAN.sub(_pairs, asked if HAN.search(asked) else query).strip()


def _pairs(run: re.Match[str]) -> str:
    """Overlapping pairs; a lone character stays one."""
    han = run[0]
    return f" {' '.join(han[at : at + 2] for at in range(max(1, len(han) - 1)))} "
