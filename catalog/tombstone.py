"""What stands where a dataset stood: the view that `retired.html.j2` draws. Reason, day, last release, and what to use instead.

Pure. Not here: the words (`texts.yaml`), the decision (`pipelines/withdrawal.py`).
"""

from collections.abc import Mapping

from catalog.dataset_page import root_of
from catalog.pages.formats import Lang
from catalog.site_state import Retired
from schemas.text import Text


def tombstone_view(gone: Retired, titles: Mapping[str, Text], lang: Lang) -> dict[str, object]:
    """The view of the page in that language. `titles` names what has a page here; a successor without one is named, not linked."""
    root, successor = root_of(lang), titles.get(gone.successor) if gone.successor else None
    page = f"{root}dataset/{gone.successor}/{'en/' if lang == 'en' else ''}index.html"
    return {
        "title": {"zh": gone.title.zh, "en": gone.title.en}[lang],
        "root": root,
        "other": {"zh": "en/index.html", "en": "../index.html"}[lang],
        "synthetic": gone.synthetic,
        "data_time": None,
        "release": None,
        "last": gone.release,
        "reason": gone.reason,
        "day_of": gone.on,
        "successor": gone.successor,
        "successor_title": successor,
        "successor_page": page if successor else None,
    }
