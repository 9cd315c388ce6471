"""An RDF profile that runs after those of ckanext-dcat: gives nodes the classes, names and types of value that DCAT-AP 3.0.1 asks for.

`ckanext.dcat.rdf.profiles = zhportal euro_dcat_ap_3 zhportal_classes`. ckanext-dcat 2.4.4 writes formats as text, licences, themes and
the catalogue's homepage without class, the catalogue's language as CKAN's locale and sizes as decimals. Not here: what is changed in
the dataset before it is mapped (`dcat_profile.py`).
"""

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles import RDFProfile
from ckanext.zhportal.licences import licence_titles
from ckanext.zhportal.wording import english_titles
from rdflib import RDFS, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, SKOS, XSD
from rdflib.term import Node

Fields = dict[str, Any]
CHINESE, ENGLISH = "zh-Hans", "en"
EU = "http://publications.europa.eu/resource/authority/"
FILE_TYPES = {"CSV": "CSV", "XLSX": "XLSX", "PARQUET": "PARQUET", "GEOJSON": "GEOJSON", "JSON": "JSON"}
SPORT = {CHINESE: "教育、文化和体育", ENGLISH: "Education, culture and sport"}
ADMS = "http://purl.org/adms/"
REGIONAL = {CHINESE: "地方（省级）机关", ENGLISH: "Regional authority"}
ATTRIBUTION = {CHINESE: "署名", ENGLISH: "Attribution"}
VERSION = URIRef("http://www.w3.org/ns/dcat#version")


class ClassesProfile(RDFProfile):
    """Changes the graph that the profiles before it have made."""

    def graph_from_dataset(self, dataset_dict: Fields, dataset_ref: URIRef) -> None:
        """Called by ckanext-dcat for each dataset."""
        page = URIRef(f"{tk.config['ckan.site_url']}/dataset/{dataset_dict['name']}")
        self._name(page, FOAF.Document)
        self.g.set((dataset_ref, DCAT.landingPage, page))
        for version in list(self.g.objects(dataset_ref, OWL.versionInfo)):
            self.g.remove((dataset_ref, OWL.versionInfo, version))
            self.g.set((dataset_ref, VERSION, version))
        for theme in self.g.objects(dataset_ref, DCAT.theme):
            if str(theme).startswith(f"{EU}data-theme/"):
                self._name(theme, SKOS.Concept, SKOS.prefLabel, SPORT)
        for publisher in self.g.objects(dataset_ref, DCTERMS.publisher):
            self._agent(publisher, dataset_dict.get("organization") or {})
        for place in self.g.objects(dataset_ref, DCTERMS.spatial):
            self._place(place)
        for distribution in self.g.objects(dataset_ref, DCAT.distribution):
            self._distribution(distribution, dataset_dict)

    def graph_from_catalog(self, catalog_dict: Fields | None, catalog_ref: URIRef) -> None:  # noqa: ARG002 -- ckanext-dcat's
        """Called by ckanext-dcat once for the catalogue."""
        for predicate, key in ((DCTERMS.title, "title"), (DCTERMS.description, "description")):
            own = "ckan.site_title" if key == "title" else "ckan.site_description"
            self._say(
                catalog_ref, predicate, {CHINESE: tk.config.get(own), ENGLISH: tk.config.get(f"zhportal.{key}_en")}
            )
        self.g.remove((catalog_ref, DCTERMS.language, None))
        for code in ("ZHO", "ENG"):
            language = URIRef(f"{EU}language/{code}")
            self.g.add((catalog_ref, DCTERMS.language, language))
            self._name(language, DCTERMS.LinguisticSystem)
        for homepage in self.g.objects(catalog_ref, FOAF.homepage):
            self._name(homepage, FOAF.Document)
        bureau = URIRef(f"{tk.config['ckan.site_url']}/#bureau")
        self.g.set((catalog_ref, DCTERMS.publisher, bureau))
        words = {CHINESE: tk.config.get("zhportal.bureau"), ENGLISH: tk.config.get("zhportal.bureau_en")}
        self._name(bureau, FOAF.Agent, FOAF.name, words)
        self._regional(bureau)

    def _agent(self, agent: Node, organization: Fields) -> None:
        name = organization.get("name")
        english = english_titles([name]).get(name) if name else None
        chinese = organization.get("title") or next(self.g.objects(agent, FOAF.name), None)
        self._name(agent, FOAF.Agent, FOAF.name, {CHINESE: chinese, ENGLISH: english})
        self._regional(agent)

    def _regional(self, agent: Node) -> None:
        kind = URIRef(f"{ADMS}publishertype/RegionalAuthority")
        self.g.set((agent, DCTERMS.type, kind))
        self._name(kind, SKOS.Concept, SKOS.prefLabel, REGIONAL)

    def _place(self, place: Node) -> None:
        for label in list(self.g.objects(place, SKOS.prefLabel)):
            self.g.set((place, SKOS.prefLabel, Literal(str(label), lang=CHINESE)))

    def _distribution(self, distribution: Node, dataset: Fields) -> None:
        for size in list(self.g.objects(distribution, DCAT.byteSize)):
            self.g.set((distribution, DCAT.byteSize, Literal(str(int(size)), datatype=XSD.nonNegativeInteger)))
        for predicate in (DCTERMS["format"], DCAT.mediaType):
            self._terms_only(distribution, predicate)
        for licence in list(self.g.objects(distribution, DCTERMS.license)):
            self._licence(licence, dataset.get("license_id"))
        for statement in list(self.g.objects(distribution, DCTERMS.rights)):
            self._name(statement, DCTERMS.RightsStatement)

    def _terms_only(self, distribution: Node, predicate: URIRef) -> None:
        """Replaces a format that is text by its term of the EU's table; without a term it is left out, since text has no class."""
        for value in [value for value in self.g.objects(distribution, predicate) if isinstance(value, Literal)]:
            self.g.remove((distribution, predicate, value))
            term = FILE_TYPES.get(str(value).upper()) if predicate == DCTERMS["format"] else None
            if term:
                known = URIRef(f"{EU}file-type/{term}")
                self.g.add((distribution, predicate, known))
                self._name(known, DCTERMS.MediaTypeOrExtent)

    def _licence(self, licence: Node, name: str | None) -> None:
        self._name(
            licence,
            DCTERMS.LicenseDocument,
            DCTERMS.title,
            dict(zip((CHINESE, ENGLISH), licence_titles(name), strict=True)),
        )
        self.g.remove((licence, DCTERMS.type, None))
        if name and name.startswith("CC-BY-4"):
            kind = URIRef(f"{ADMS}licencetype/Attribution")
            self.g.add((licence, DCTERMS.type, kind))
            self._name(kind, SKOS.Concept, SKOS.prefLabel, ATTRIBUTION)

    def _name(self, node: Node, kind: URIRef, predicate: URIRef = RDFS.label, words: Fields | None = None) -> None:
        """Gives a node its class, and its words by language."""
        self.g.add((node, RDF.type, kind))
        self._say(node, predicate, words or {})

    def _say(self, node: Node, predicate: URIRef, words: Fields) -> None:
        said: Iterable[tuple[str, Any]] = [(lang, text) for lang, text in words.items() if text]
        if said:
            self.g.remove((node, predicate, None))
        for lang, text in said:
            self.g.add((node, predicate, Literal(str(text), lang=lang)))
