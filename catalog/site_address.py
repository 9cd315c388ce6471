"""Where the files of the static site are: absolute addresses where the site's own address is known, relative ones otherwise.

A folder cannot know where it is served. Many clients take a relative address for a local file (ckanext-dcat: `file:///…`), so an
installation states its address (`SPORTLAKE_SITE_URL`). Links between pages stay relative all the same, so that a copied folder works
offline. Not here: reading the setting (`dagster_project/settings.py`), CKAN's addresses (`catalog/ckan`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SiteAddress:
    """The public address of the site's folder, such as `https://data.example.org/sports`; None if it is not known."""

    site_url: str | None = None

    def file_address(self, path: str, root: str = "") -> str:
        """The address of a file of the site; without a known address relative, from a document from which `root` leads to the site."""
        return f"{root}{path}" if self.site_url is None else f"{self.site_url.rstrip('/')}/{path}"


NOWHERE = SiteAddress()
"""A site whose address is not known."""


def page_path(dataset: str, lang: str) -> str:
    """The path of a dataset's page in the site."""
    return f"dataset/{dataset}/{'en/' if lang == 'en' else ''}index.html"
