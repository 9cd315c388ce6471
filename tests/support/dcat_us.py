"""What the JSON schema of DCAT-US 3.0 asks of what we write, in our own words.

Source: its definitions of Catalog, Dataset, Distribution, Kind, Organization and Checksum; `accessLevel` is of Project Open Data 1.1.
Not here: documents (`catalog/standards/data_json.py`, the portal's own).
"""

IRI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
TEXTS = {"type": "object", "additionalProperties": {"type": ["string", "array"]}}
ORGANIZATION = {"type": "object", "required": ["name", "prefLabel"]}
DISTRIBUTION = {
    "properties": {
        **dict.fromkeys(("accessURL", "downloadURL", "mediaType", "license"), IRI),
        "byteSize": {"type": "string"},
        "format": {"type": "object", "properties": {"label": {"type": "string"}}},
        "checksum": {"required": ["algorithm", "checksumValue"], "properties": {"algorithm": IRI}},
    }
}
DATASET = {
    "required": ["description", "publisher", "title", "identifier"],
    "not": {"required": ["keyword"]},  # one text there, and so no place for several words: `keywordMap`
    "properties": {
        "identifier": {"type": "array"},
        "publisher": ORGANIZATION,
        "contactPoint": {
            "type": "array",
            "items": {"required": ["fn", "hasEmail"], "properties": {"hasEmail": IRI, "tel": IRI}},
        },
        "language": {"type": "array", "items": IRI},
        **dict.fromkeys(("landingPage", "accessRights", "accrualPeriodicity"), IRI),
        **dict.fromkeys(("titleMap", "descriptionMap", "keywordMap"), TEXTS),
        "accessLevel": {"enum": ["public", "restricted public", "non-public"]},
        "distribution": {"type": "array", "items": DISTRIBUTION},
        "describedBy": DISTRIBUTION,
    },
}
CATALOG: dict[str, object] = {
    "required": ["dataset", "description", "publisher", "title"],
    "properties": {"publisher": ORGANIZATION, "dataset": {"type": "array", "items": DATASET}},
}
