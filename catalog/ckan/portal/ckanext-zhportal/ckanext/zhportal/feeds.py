"""Atom feeds whose entries link to the pages of datasets.

CKAN 2.12 links to `package_show` of its API instead, twice, and its links to other pages of a feed are wrong (`query=page&query=2`):
those are left out. The link of a feed of a publisher or subject leads to its page, not to a search without result. Not here: which datasets a feed lists (CKAN).
"""

import re
from typing import Any
from urllib.parse import urljoin

import ckan.plugins.toolkit as tk
from ckan.views.feed import CKANFeed

Fields = dict[str, Any]
PAGE = "field_page"
_GROUP_FEED = re.compile(r"(.*)/feeds/((?:organization|group)/[^/?]+)\.atom")
_WRONG = ("previous_page", "next_page", "first_page", "last_page")


def page_field(dataset: Fields) -> Fields:
    """Returns the address of the dataset's page, for `PagesFeed.add_item`."""
    return {PAGE: tk.url_for("dataset.read", id=dataset["name"], _external=True)}


class PagesFeed(CKANFeed):
    """CKAN creates one for each answer, and gives it the entries."""

    def __init__(self, feed_title: str, feed_link: str, feed_description: str, **options: Any) -> None:  # noqa: ANN401 -- CKAN's
        own = urljoin(tk.config["ckan.site_url"], options.get("feed_url") or "")
        group = _GROUP_FEED.match(own)
        page = f"{group[1]}/{group[2]}" if group else urljoin(own, feed_link).partition("?")[0]
        super().__init__(feed_title, page, feed_description, **(options | dict.fromkeys(_WRONG) | {"feed_url": own}))

    def add_item(self, **entry: Any) -> None:  # noqa: ANN401 -- CKAN's
        """Adds an entry that links to the page of its dataset, and to nothing else."""
        page = entry.pop(PAGE)
        entry.pop("enclosure", None)
        super().add_item(**{**entry, "link": page})
