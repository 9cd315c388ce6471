"""The page with the whole table of a dataset: its view, its path, and the files that all such pages share.

The page itself is small and holds no rows: its scripts read the columns that are shown from the released Parquet file, by HTTP ranges
where the server knows them, and SQLite when SQL is asked for. Opened from a disk, where browsers let no page read files, it says how to
serve the folder. Not here: the template and the scripts (`pages/table*`), writing (`catalog/static_site/static.py`), the sample of rows
(`catalog/preview.py`).
"""

import base64
import hashlib
from collections.abc import Mapping

from catalog.dataset_page import PreviewColumn, preview_columns, root_path
from catalog.entry import CatalogueEntry
from catalog.large_tables import is_large
from catalog.pages import FOLDER, read_texts
from catalog.pages.formats import Lang
from catalog.release_facts import Distribution
from catalog.table.sample_query import sample_query
from schemas.text import Text

SCRIPTS = (
    "table.js",
    "table-address.js",
    "table-data.js",
    "table-filters.js",
    "table-rows.js",
    "table-sql.js",
    "table-sql-worker.js",
    "table-view.js",
)
SHEET = "table.css"
START = "table-start.js"
"""The script that is in the page itself: it loads the others, or says why it cannot."""
PLACE = "table"
"""The folder of the site with the files that these pages share."""
COLUMNS_AT_FIRST = 8
SQL_FOLDER = "sqlite/"


def table_path(dataset: str, lang: str) -> str:
    """The path of the page in the site."""
    return f"dataset/{dataset}/{'en/' if lang == 'en' else ''}table.html"


def table_files(programs: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that these pages share, by path in the site; nothing without the programs."""
    own = {name: (FOLDER / name).read_bytes() for name in (*SCRIPTS, SHEET)} if programs else {}
    return {f"{PLACE}/{name}": content for name, content in {**own, **programs}.items()}


def find_table(entry: CatalogueEntry) -> Distribution | None:
    """The file that the page reads; None if the release has no rows, more than a browser should hold, or not one Parquet file."""
    files = entry.facts.table_files
    return files[0] if len(files) == 1 and entry.facts.rows and not is_large(entry) else None


def table_sizes(file: Distribution, files: Mapping[str, bytes]) -> dict[str, int]:
    """The bytes that a reader loads: `data` at most, `program` once for all datasets, `sql` besides if SQL is asked for."""
    weights = {name: len(content) for name, content in files.items() if not name.endswith(".txt")}
    sql = sum(weight for name, weight in weights.items() if name.startswith(f"{PLACE}/{SQL_FOLDER}"))
    return {"data": file.bytes, "program": sum(weights.values()) - sql, "sql": sql}


def table_view(entry: CatalogueEntry, file: Distribution, files: Mapping[str, bytes], lang: Lang) -> dict[str, object]:
    """The view of the page in that language; `file` is what it reads, `files` are those that these pages share."""
    texts, start = read_texts(FOLDER / "texts.yaml"), (FOLDER / START).read_text(encoding="utf-8")
    title = _say(texts["table.title"], lang).format(name=_say(entry.title, lang))
    root, sizes = root_path(lang), table_sizes(file, files)
    columns = preview_columns(entry.dictionary, lang)
    return {
        "title": title,
        "summary": _say(texts["table.summary"], lang).format(name=_say(entry.title, lang)),
        "root": root,
        "other": "en/table.html" if lang == "zh" else "../table.html",
        "synthetic": entry.synthetic,
        "data_time": entry.data_updated,
        "release": entry.release,
        "entry": entry,
        "path": table_path(entry.dataset, lang),
        "sizes": sizes,
        "query": sample_query(entry.dataset, columns, entry.dictionary),
        "start": start,
        "start_hash": base64.b64encode(hashlib.sha256(start.encode()).digest()).decode(),
        "told": {
            "lang": lang,
            "dataset": entry.dataset,
            "release": entry.release,
            "script": f"{root}{PLACE}/{SCRIPTS[0]}",
            "file": f"{root}releases/{file.path}",
            "bytes": file.bytes,
            "rows": entry.facts.rows,
            "columns": [_describe_column(entry, column, lang) for column in columns],
            "first": COLUMNS_AT_FIRST,
            "words": {
                key.removeprefix("table.script."): _say(text, lang)
                for key, text in texts.items()
                if key.startswith("table.script.")
            },
        },
    }


def _describe_column(entry: CatalogueEntry, column: PreviewColumn, lang: Lang) -> dict[str, object]:
    """One column for the scripts. `name` is what is shown, `code` the column of its codes, `choices` whether few values recur in it."""
    field = column.field
    return {
        "name": entry.dictionary[column.place].name,
        "code": None if column.code is None else entry.dictionary[column.code].name,
        "label": _say(column.heading, lang),
        "unit": field.unit or "",
        "type": "string" if column.code is not None else field.type,
        "choices": column.code is not None or field.labels_of is not None or field.type == "boolean",
    }


def _say(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]
