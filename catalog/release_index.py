"""Machine-readable list of one dataset's releases, newest first: the changes and the files of each.

Pure functions. The static catalogue writes it as `releases/<dataset>/index.json`; paths are relative to that folder.
Not here: the catalogue of all datasets (`dcat`, `data_json`), the description of one release (its `datapackage.json`).
"""

from typing import Any

from catalog.entry import CatalogueEntry
from catalog.release_facts import Distribution, ReleaseFacts


def release_index(entry: CatalogueEntry) -> dict[str, Any]:
    """The visible release and those before it, newest first; `current` is the number of the visible one.

    `taken_back`, left out if empty, has the numbers of the releases that are not offered any more, newest first.
    """
    return {
        "dataset": entry.dataset,
        "title": {"zh": entry.title.zh, "en": entry.title.en},
        "current": entry.release,
        **({"taken_back": list(entry.taken_back)} if entry.taken_back else {}),
        "releases": [_release_record(facts) for facts in (entry.facts, *entry.history)],
    }


def _release_record(facts: ReleaseFacts) -> dict[str, Any]:
    kinds = {file.name: "data" for file in facts.distributions} | {file.name: "codelist" for file in facts.codelists}
    explanatory = {"dictionary": facts.dictionary, "changes": facts.changes_file, "csv_metadata": facts.csv_metadata}
    kinds |= {file.name: kind for kind, file in explanatory.items() if file is not None}
    return {
        "number": facts.number,
        "created": facts.created.isoformat(),
        "contract_version": facts.contract_version,
        "synthetic": facts.synthetic,
        "rows": facts.rows,
        "changes": facts.changes.model_dump(mode="json") if facts.changes else None,
        **({"erased": [one.model_dump(mode="json") for one in facts.erased]} if facts.erased else {}),
        "files": [_file_record(facts, file, kinds[file.name]) for file in facts.files],
    }


def _file_record(facts: ReleaseFacts, file: Distribution, kind: str) -> dict[str, Any]:
    return {
        "name": file.name,
        "path": f"{facts.number}/{file.name}",
        "kind": kind,
        "format": file.format,
        "bytes": file.bytes,
        "sha256": file.sha256,
    }
