"""An RDF profile that runs before those of ckanext-dcat: valid language tags, keywords with a language, groups as themes.

`ckanext.dcat.rdf.profiles = zhportal euro_dcat_ap_3`. Without it every RDF page of a dataset with `title_translated` answers
500, because zh_Hans_CN is the name of a CKAN locale and no language tag. Not here: any other mapping (ckanext-dcat's).
"""

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles import RDFProfile
from ckanext.zhportal.wording import english_titles
from rdflib import Literal, URIRef
from rdflib.namespace import DCAT, RDF, SKOS

Fields = dict[str, Any]
TAGS = {"zh_Hans_CN": "zh-Hans"}
CHINESE = "zh-Hans"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
"""DCAT-AP requires media types as URIs; ckanext-dcat writes CKAN's value, such as text/csv."""


class TwoLanguagesProfile(RDFProfile):
    """Changes the dataset dictionary that the next profile maps, and adds the themes to the graph."""

    def graph_from_dataset(self, dataset_dict: Fields, dataset_ref: URIRef) -> None:
        """Called by ckanext-dcat. All profiles get the same dictionary, so the next one sees what is changed here."""
        for thing in (dataset_dict, *dataset_dict.get("resources", ())):
            for key in [key for key in thing if key.endswith("_translated") and isinstance(thing[key], dict)]:
                thing[key] = {TAGS.get(locale, locale): text for locale, text in thing[key].items()}
        for resource in dataset_dict.get("resources", ()):
            if resource.get("mimetype") and "://" not in resource["mimetype"]:
                resource["mimetype"] = MEDIA_TYPES + resource["mimetype"]
        if dataset_dict.get("tags"):
            dataset_dict.setdefault("tags_translated", {CHINESE: [tag["name"] for tag in dataset_dict["tags"]]})
        self._themes(dataset_dict.get("groups") or [], dataset_ref)

    def _themes(self, groups: Iterable[Fields], dataset_ref: URIRef) -> None:
        english = english_titles(group["name"] for group in groups)
        for group in groups:
            theme = URIRef(f"{tk.config['ckan.site_url']}/group/{group['name']}")
            self.g.add((dataset_ref, DCAT.theme, theme))
            self.g.add((theme, RDF.type, SKOS.Concept))
            self.g.add((theme, SKOS.prefLabel, Literal(group.get("title") or group["name"], lang=CHINESE)))
            if group["name"] in english:
                self.g.add((theme, SKOS.prefLabel, Literal(english[group["name"]], lang="en")))
