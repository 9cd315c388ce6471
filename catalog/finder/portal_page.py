"""The finder for the portal: the same page and scripts as on the static site, written into the portal's folder when it is built.

In CKAN's environment none of our packages exist, so the page is drawn here, in both languages, with places for what the portal knows: `$title`,
`$data` (address of the data file), `$other` (the page in the other language) and `$back`; `$json_title` and `$json_other` are the same inside a JSON text.
The label of sample data is on it, and hidden by the portal where the data are real. Not here: the plugin that fills them in and makes the data
(`catalog/ckan/portal/ckanext-zhportal`), copying the rest of the portal (`catalog/ckan/native/build.py`).

For the image of the containers: `python -m catalog.finder.portal_page catalog/ckan/portal`.
"""

import sys
from pathlib import Path

from catalog.finder.finder_page import SCRIPTS, SHEET, list_scripts, outlines_path, script_facts
from catalog.finder.map_library import LICENCE, read_map_library
from catalog.finder.outlines import outline_script, read_outlines
from catalog.pages import FOLDER, LANGUAGES, read_stylesheet, render_site_page, site_templates
from catalog.pages.formats import Lang
from schemas.policy import Coordinates
from schemas.province import Province, read_bureau_province

ASSETS, PAGES = "public/portal/finder", "finder"


def portal_finder_files(province: Province) -> dict[str, bytes]:
    """Every file by its path in the portal's folder: scripts and sheets that are served, and the two pages, which are filled in first."""
    own = {name: (FOLDER / name).read_bytes() for name in (*SCRIPTS, SHEET)}
    outlines = {outlines_path(province).removeprefix("map/"): outline_script(province).encode()}
    served = {**own, **read_map_library(), **outlines, "style.css": read_stylesheet().encode()}
    pages = {f"{PAGES}/{lang}.html": _draw_page(province, lang).encode() for lang in LANGUAGES}
    return {**{f"{ASSETS}/{name}": content for name, content in served.items()}, **pages}


def write_portal_finder(folder: Path) -> None:
    """Writes every file below `folder`: the portal's own folder natively, the context of the image for containers."""
    for name, content in portal_finder_files(read_bureau_province()).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _draw_page(province: Province, lang: Lang) -> str:
    found = read_outlines(province.code)
    return render_site_page(
        site_templates(),
        "finder_portal.html.j2",
        lang,
        title="",
        root="/portal/finder/",
        other="",
        synthetic=True,
        data_time=None,
        release=None,
        scripts=list_scripts(province),
        outlines=found if "source" in found else None,
        licence=LICENCE,
        said={
            "title": "$json_title",
            "other": "$json_other",
            **script_facts(province, Coordinates(lon="lon", lat="lat"), lang),
        },
    )


if __name__ == "__main__":
    write_portal_finder(Path(sys.argv[1]))
