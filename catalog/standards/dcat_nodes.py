"""The nodes and literals of DCAT for single values: an agent, a place, a period, a theme, a licence, a term of an authority table.

Every node that is named has its class, so that a client without the vocabulary can check it. Sources: EU authority tables for
frequency, language, access right, theme and file type; ADMS for the kinds of publisher and licence. Not here: which property holds a
node (`dcat.py`).
"""

import re
from collections.abc import Mapping
from typing import Any, get_args

from catalog.core_metadata import catalogue_texts
from catalog.entry import Licence, stable_id
from catalog.release_facts import TimeRange
from schemas.metadata import OpenType, Provider, UpdateCycle
from schemas.policy import Family
from schemas.province import Province
from schemas.text import Text

EU = "http://publications.europa.eu/resource/authority/"
FREQUENCY: Mapping[UpdateCycle, str] = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "half_yearly": "ANNUAL_2",
    "yearly": "ANNUAL",
    "irregular": "IRREG",
    "never": "NEVER",
}
ACCESS: Mapping[OpenType, str] = {"open": "PUBLIC", "conditional": "RESTRICTED", "closed": "NON_PUBLIC"}
FILE_TYPES: Mapping[str, str] = {"csv": "CSV", "xlsx": "XLSX", "parquet": "PARQUET", "geojson": "GEOJSON"}
SPORT_THEME = f"{EU}data-theme/EDUC"
"""Education, culture and sport: the EU's theme of every dataset here."""
CLASSES = {
    "frequency": "Frequency",
    "access-right": "RightsStatement",
    "language": "LinguisticSystem",
    "file-type": "MediaTypeOrExtent",
}
_ADMS_LICENCES: Mapping[str, tuple[str, Text]] = {
    "CC-BY-4.0": ("licencetype/Attribution", Text(zh="署名", en="Attribution"))
}
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def to_urn(identity: str) -> str:
    """The IRI of a stable id."""
    return f"urn:uuid:{identity}"


def language_values(text: Text) -> list[dict[str, str]]:
    """The text as two literals, one in each language."""
    return [{"@value": text.zh, "@language": "zh"}, {"@value": text.en, "@language": "en"}]


def typed_literal(kind: str, value: str) -> dict[str, str]:
    """A literal of that type of XML Schema."""
    return {"@value": value, "@type": f"xsd:{kind}"}


def date_literal(iso: str) -> dict[str, str]:
    """A day."""
    return typed_literal("date", iso)


def authority_term(table: str, code: str) -> dict[str, str]:
    """A term of an EU authority table with its class, so that clients without the table can read the catalogue."""
    return {"@id": f"{EU}{table}/{code}", "@type": f"dct:{CLASSES[table]}"}


def file_type_field(format_: str) -> dict[str, Any]:
    """`dct:format` of a distribution; nothing for a format that the EU's table of file types does not have."""
    return {"dct:format": authority_term("file-type", FILE_TYPES[format_])} if format_ in FILE_TYPES else {}


def agent_node(identity: str, name: Text) -> dict[str, Any]:
    """A department of the bureau, which is an authority of a region."""
    kind = _adms_concept("publishertype/RegionalAuthority", Text(zh="地方（省级）机关", en="Regional authority"))
    return {"@id": to_urn(identity), "@type": "foaf:Agent", "foaf:name": language_values(name), "dct:type": kind}


def contact_node(provider: Provider) -> dict[str, Any]:
    """Whom to ask, by telephone; by e-mail too if an office's mailbox is on record."""
    node: dict[str, Any] = {
        "@type": ["vcard:Organization", "vcard:Kind"],
        "vcard:fn": provider.name.zh,
        "vcard:hasTelephone": {"@id": "tel:" + re.sub(r"[^0-9+-]", "", provider.phone)},
    }
    return node | ({"vcard:hasEmail": {"@id": f"mailto:{provider.email}"}} if isinstance(provider.email, str) else {})


def licence_node(licence: Licence) -> dict[str, Any]:
    """The licence by the address of its text, with its name, and its kind if ADMS has one."""
    kind = _ADMS_LICENCES.get(licence.name)
    node = {"@id": licence.path, "@type": "dct:LicenseDocument", "dct:title": language_values(licence.label)}
    return node | ({"dct:type": _adms_concept(*kind)} if kind else {})


def place_node(code: str, province: Province) -> dict[str, Any]:
    """A division by its code; with name and box where it is the province, of which these are on record."""
    node: dict[str, Any] = {"@type": "dct:Location", "dct:identifier": code}
    if code != province.admin_code:
        return node | {"skos:prefLabel": {"@value": f"GB/T 2260 {code}", "@language": "zh"}}
    (west, east), (south, north) = province.longitudes, province.latitudes
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    box = ", ".join(f"{lon} {lat}" for lon, lat in corners)
    node["skos:prefLabel"] = language_values(province.name)
    return node | {"dcat:bbox": {"@value": f"POLYGON(({box}))", "@type": "geo:wktLiteral"}}


def period_node(span: TimeRange) -> dict[str, Any]:
    """The days that the data cover."""
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": date_literal(span.first.isoformat()),
        "dcat:endDate": date_literal(span.last.isoformat()),
    }


def theme_nodes(family: Family) -> list[dict[str, Any]]:
    """The EU's theme for sport, and the family of the dataset as a theme of our own."""
    return [_sport_theme(), _family_theme(family)]


def _adms_concept(name: str, label: Text) -> dict[str, Any]:
    return {
        "@id": f"http://purl.org/adms/{name}",
        "@type": "skos:Concept",
        "skos:prefLabel": language_values(label),
    }


def _sport_theme() -> dict[str, Any]:
    label = language_values(Text(zh="教育、文化和体育", en="Education, culture and sport"))
    return {
        "@id": SPORT_THEME,
        "@type": "skos:Concept",
        "skos:prefLabel": label,
        "skos:inScheme": {"@id": f"{EU}data-theme"},
    }


def _family_theme(family: Family) -> dict[str, Any]:
    return {
        "@id": to_urn(stable_id("family", family)),
        "@type": "skos:Concept",
        "skos:prefLabel": language_values(catalogue_texts()[f"family.{family}"]),
        "skos:inScheme": {"@id": to_urn(stable_id("families"))},
    }


THEMES = [
    {
        "@id": f"{EU}data-theme",
        "@type": "skos:ConceptScheme",
        "dct:title": language_values(Text(zh="欧盟数据主题", en="EU data themes")),
    },
    {
        "@id": to_urn(stable_id("families")),
        "@type": "skos:ConceptScheme",
        "dct:title": language_values(Text(zh="体育数据分类", en="Families of sports data")),
        "skos:hasTopConcept": [_family_theme(family) for family in get_args(Family)],
    },
]
"""The two schemes that the themes are of."""
