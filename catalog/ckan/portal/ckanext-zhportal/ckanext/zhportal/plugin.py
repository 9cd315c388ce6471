"""The plugin `zhportal`: adapts a stock CKAN 2.12 to a Chinese bureau's portal in two languages. Wiring only.

Search: `clauses.py`, `indexing.py`. Fields: `validators.py`. Pages: `wording.py`, `pages.py`, templates. Table preview:
`table_search.py`. Map: `drawing.py`, `dot_map_view.py`. Finder: `finder_view.py` (a plugin of its own), `finder_document.py`. Releases in parts: `table_parts.py`. Charts: `chart_view.py` (a plugin of its own). Feeds: `feeds.py`. Reading rights: `reading_rights.py`. Machine formats: `machine_pages.py`, `croissant.py`, `dcat_profile.py`, `dcat_classes.py`, `licences.py`. Strings that CKAN
lacks in zh_Hans_CN: `i18n/`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins as p
from ckan.common import CKANConfig
from ckan.config.declaration import Declaration, Key
from ckan.lib.plugins import DefaultTranslation
from ckanext.zhportal import croissant, indexing, table_search, validators, wording
from ckanext.zhportal.clauses import HAN, MATCH, clauses
from ckanext.zhportal.dot_map_view import LIAONING, DotMapView
from ckanext.zhportal.feeds import PagesFeed, page_field
from ckanext.zhportal.machine_pages import machine_pages
from ckanext.zhportal.pages import pages
from ckanext.zhportal.reading_rights import ReadingRights
from ckanext.zhportal.table_parts import is_table_part, list_table_parts
from flask import Blueprint

Fields = dict[str, Any]
SETTINGS = (
    ("abbreviations", "", "file of abbreviations, `short long` a line"),
    ("finder_pages", "", "folder with the pages of the finder, zh.html and en.html; empty: no finder"),
    ("map_box", LIAONING, "west east south north of maps, in degrees"),
    ("bureau", "", "whose portal it is; ckan.site_title and ckan.site_description say what it is"),
    ("bureau_en", "", "the same in English"),
    ("title_en", "", "ckan.site_title in English"),
    ("description_en", "", "ckan.site_description in English"),
)


class ZhPortalPlugin(DotMapView, ReadingRights, p.SingletonPlugin, DefaultTranslation):
    """CKAN creates one per process and calls the methods of the interfaces below."""

    p.implements(p.ITranslation)
    p.implements(p.ITemplateHelpers)
    p.implements(p.IValidators)
    p.implements(p.IActions)
    p.implements(p.IPermissionLabels)
    p.implements(p.IBlueprint)
    p.implements(p.IFeed)
    p.implements(p.IResourceView, inherit=True)
    p.implements(p.IConfigDeclaration)
    p.implements(p.IConfigurable)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IGroupController, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)

    def get_helpers(self) -> dict[str, Callable[..., Any]]:
        """Returns the helpers of the templates, by name."""
        parts = {"zhportal_table_parts": list_table_parts, "zhportal_is_table_part": is_table_part}
        return wording.ALL | parts | {"croissant": croissant.croissant}

    def get_validators(self) -> dict[str, Callable[..., Any]]:
        """Returns the validators of the schema, by name."""
        return dict(validators.ALL)

    def get_actions(self) -> dict[str, Callable[..., Any]]:
        """Returns the wrapper of `datastore_search` for the table preview."""
        return {"datastore_search": table_search.datastore_search}

    def get_blueprint(self) -> list[Blueprint]:
        """Returns the additional routes."""
        return [pages, machine_pages]

    def get_feed_class(self) -> type[PagesFeed]:
        """Returns the class of all feeds."""
        return PagesFeed

    def get_item_additional_fields(self, dataset_dict: Fields) -> Fields:
        """Returns what a feed says of a dataset besides CKAN's fields."""
        return page_field(dataset_dict)

    def declare_config_options(self, declaration: Declaration, key: Key) -> None:
        """Declares the plugin's settings of ckan.ini."""
        for name, default, told in SETTINGS:
            declaration.declare(getattr(key.zhportal, name), default).set_description(told)

    def configure(self, config: CKANConfig) -> None:
        """Reads the abbreviations and sets Croissant's language, once per process."""
        name = config.get("zhportal.abbreviations")
        lines = Path(name).read_text(encoding="utf-8").splitlines() if name else []
        self.abbreviations = [tuple(line.split()) for line in lines if line.strip() and not line.startswith("#")]
        croissant.mend_language()
        croissant.mend_types()

    def before_dataset_search(self, search_params: Fields) -> Fields:
        """Replaces a reader's query by clauses. With a colon it is left as it is: CKAN then uses Solr's standard parser."""
        query = search_params.get("q") or ""
        if query and ":" not in query:
            search_params["q"] = clauses(query, self.abbreviations)
            search_params.setdefault("qf", indexing.QUERY_FIELDS)
            search_params.setdefault("bf", indexing.MORE_ROWS_FIRST)
            if HAN.search(query):
                search_params.setdefault("mm", MATCH)
        return search_params

    def before_dataset_index(self, pkg_dict: Fields) -> Fields:
        """Returns the document for Solr."""
        return indexing.indexed(pkg_dict, self.abbreviations)

    def before_dataset_view(self, pkg_dict: Fields) -> Fields:
        """Puts the titles of a dataset's organisation, groups and licence into the reader's language."""
        owner = pkg_dict.get("organization")
        wording.in_readers_language([owner] if owner else [], "title")
        wording.in_readers_language(pkg_dict.get("groups") or [], "title", "display_name")
        wording.licence_in_readers_language(pkg_dict)
        return pkg_dict

    def before_view(self, group_dict: Fields) -> Fields:
        """Puts the title of an organisation or group into the reader's language, for its own page."""
        wording.in_readers_language([group_dict], "title", "display_name")
        return group_dict

    def after_dataset_search(self, search_results: Fields, _search_params: Fields) -> Fields:
        """Puts the titles in the filters of a search into the reader's language."""
        for name in ("organization", "groups"):
            facet = search_results["search_facets"].get(name)
            wording.in_readers_language(facet["items"] if facet else [], "display_name")
        return search_results
