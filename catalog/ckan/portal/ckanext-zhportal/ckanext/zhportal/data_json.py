"""The portal's datasets as `data.json` in DCAT-US 3, the format that US harvesters and many scripts read; served by `pages.py`.

Titles hold the Chinese text followed by the English one, and both by language in the `…Map` properties. A contact point needs a mailbox
there, so a dataset without one has none. Source: the JSON schema of DCAT-US 3.0, as in the static catalogue's `catalog/standards/data_json.py`. Here:
a dictionary from datasets as `package_search` answers them; nothing of CKAN is imported. Not here: DCAT-AP (`dcat_profile.py`).
"""

from collections.abc import Iterable
from typing import Any

Fields = dict[str, Any]
CHINESE, ENGLISH = "zh_Hans_CN", "en"
LANGUAGES = [f"http://id.loc.gov/vocabulary/iso639-1/{tag}" for tag in ("zh", "en")]
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
LEVELS = {"PUBLIC": "public", "RESTRICTED": "restricted public", "NON_PUBLIC": "non-public"}
"""`accessLevel` of version 1.1, which many scripts still read, by the last part of the EU's access right."""


def data_json(title: Fields, about: Fields, bureau: str, datasets: Iterable[Fields], site_url: str) -> Fields:
    """Returns the catalogue. `title` and `about` are {zh_Hans_CN, en}; datasets without a file, such as withdrawn ones, are left out."""
    return {
        "@type": "Catalog",
        "conformsTo": "https://resources.data.gov/resources/dcat-us3",
        **_both("title", title, " "),
        **_both("description", about, "\n"),
        "publisher": _organization(bureau),
        "dataset": [_dataset(one, site_url) for one in datasets if one.get("resources")],
    }


def _dataset(one: Fields, site_url: str) -> Fields:
    owner = one.get("organization") or {}
    right = one.get("access_rights") or ""
    spans = one.get("temporal_coverage") or []
    said = {
        "@type": "Dataset",
        "identifier": [one.get("identifier") or f"urn:uuid:{one['id']}"],
        **_both("title", one.get("title_translated") or {CHINESE: one["title"]}, " "),
        **_both("description", one.get("notes_translated") or {CHINESE: one.get("notes") or one["title"]}, "\n"),
        "keywordMap": {"zh": [tag["name"] for tag in one.get("tags", ())]},
        "publisher": _organization(owner.get("title") or owner.get("name") or one["name"]),
        "contactPoint": [_contact(each) for each in one.get("contact") or () if each.get("email")],
        "accessLevel": LEVELS.get(right.rpartition("/")[2]),
        "accessRights": right,
        "issued": one.get("issued"),
        "modified": one.get("modified"),
        "temporal": [{"@type": "PeriodOfTime", "startDate": each["start"], "endDate": each["end"]} for each in spans],
        "language": LANGUAGES,
        "version": one.get("release"),
        "landingPage": f"{site_url}/dataset/{one['name']}",
        "distribution": [_distribution(file, one.get("license_url")) for file in one["resources"]],
    }
    return {key: value for key, value in said.items() if value}


def _distribution(file: Fields, licence: str | None) -> Fields:
    media = file.get("mimetype") or ""
    said = {
        "@type": "Distribution",
        **_both("title", file.get("name_translated") or {CHINESE: file.get("name") or file["id"]}, " "),
        **_both("description", file.get("description_translated") or {}, "\n"),
        "accessURL": file["url"],
        "downloadURL": file["url"],
        "mediaType": media if "://" in media or not media else f"{MEDIA_TYPES}{media}",
        "format": {"@type": "MediaType", "label": file["format"]} if file.get("format") else None,
        "byteSize": str(file["size"]) if file.get("size") else None,
        "license": licence,
        "checksum": _checksum(file) if file.get("hash") and file.get("hash_algorithm") else None,
    }
    return {key: value for key, value in said.items() if value}


def _checksum(file: Fields) -> Fields:
    return {"@type": "Checksum", "algorithm": file["hash_algorithm"], "checksumValue": file["hash"]}


def _contact(each: Fields) -> Fields:
    return {"@type": "Kind", "fn": each.get("name") or each["email"], "hasEmail": f"mailto:{each['email']}"}


def _organization(name: str) -> Fields:
    return {"@type": "Organization", "name": name, "prefLabel": name}


def _both(key: str, text: Fields, between: str) -> Fields:
    """Returns the text in one and by language; nothing if there is none."""
    said = {tag: text[locale] for tag, locale in (("zh", CHINESE), ("en", ENGLISH)) if text.get(locale)}
    return {key: between.join(said.values()), f"{key}Map": said} if said else {}
