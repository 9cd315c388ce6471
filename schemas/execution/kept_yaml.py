"""YAML files as plain values; the parsed values of this program's own files are cached on the disk, as Python does with compiled modules.

Parsing them takes longer than many commands, and if all are cached, the parser is not even loaded. A cached value is a JSON file with the
SHA-256 of the text that it was made from; it is used only for that text, and is made again for another text or if it is damaged or
deleted. Whoever can write it could change the program beside it too. It lies in `__pycache__`, or below `PYTHONPYCACHEPREFIX`; if it
cannot be written, and under `python -B`, every process parses the text. Not here: what a file means.
"""

import hashlib
import json
import sys
import threading
from contextlib import suppress
from datetime import date
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

_DATE = "<date>"
_PROGRAM = Path(__file__).parents[1]


def parse_yaml(text: str) -> Any:  # noqa: ANN401 -- whatever the text holds
    """Returns the value of a YAML text; ValueError, with the parser's words, if it is none."""
    import yaml  # noqa: PLC0415 -- files of this program are kept

    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        raise ValueError(str(wrong)) from wrong


def read_yaml(file: Path) -> Any:  # noqa: ANN401 -- as above
    """Returns the value of a YAML file in UTF-8; ValueError as in `parse_yaml` or if it is not UTF-8, OSError if it cannot be read."""
    return parse_file_text(file.read_text(encoding="utf-8"), file)


def parse_file_text(text: str, file: Path) -> Any:  # noqa: ANN401 -- as above
    """Returns the value of the text of that file; ValueError as in `parse_yaml`.

    For a file of this program the value is read from the cache, or written to it.
    """
    if _PROGRAM not in file.parents:
        return parse_yaml(text)
    kept = Path(cache_from_source(str(file))).with_name(f"{file.name}.json")
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        known = json.loads(kept.read_bytes(), object_hook=_restore_date)
        if known["sha256"] == digest:
            return known["value"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass  # not kept, or damaged
    value = parse_yaml(text)
    if not sys.dont_write_bytecode:
        _keep({"sha256": digest, "value": value}, kept)
    return value


def _keep(known: dict[str, Any], kept: Path) -> None:
    """Writes the value to the cache, if JSON preserves it and the folder can be written."""
    aside = kept.with_name(f"{kept.name}.{threading.get_native_id()}")
    try:
        text = json.dumps(known, ensure_ascii=False, default=_tag_date)
        if json.loads(text, object_hook=_restore_date) != known:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(kept)
    except (OSError, ValueError, TypeError, RecursionError):
        with suppress(OSError):  # a full disk has room for no part of it
            aside.unlink()


def _tag_date(value: object) -> dict[str, str]:
    if type(value) is not date:
        raise TypeError(f"{type(value)} is not kept")
    return {_DATE: value.isoformat()}


def _restore_date(found: dict[str, Any]) -> Any:  # noqa: ANN401 -- a date, or what was found
    return date.fromisoformat(found[_DATE]) if found.keys() == {_DATE} else found
