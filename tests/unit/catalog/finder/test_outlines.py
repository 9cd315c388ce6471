import json

from catalog.finder.outlines import FOLDER, STEPS_PER_DEGREE, VARIABLE, list_rings, outline_script, read_outlines
from schemas.province import read_bureau_province
from support.contracts import JILIN

LIAONING = read_bureau_province()


def test_every_file_says_where_its_lines_come_from_and_under_which_licence():
    for file in FOLDER.glob("*.geojson"):
        found = read_outlines(file.stem)
        assert all(found[name].strip() for name in ("source", "attribution", "licence", "changes", "datum"))


def test_the_cities_of_the_province_are_drawn_inside_it_as_closed_lines():
    assert len({feature["id"] for feature in read_outlines(LIAONING.code)["features"]}) == 14
    (west, east), (south, north) = LIAONING.longitudes, LIAONING.latitudes
    for ring in list_rings(LIAONING):
        assert ring[0] == ring[-1]
        assert all(west - 0.2 <= lon <= east + 0.2 and south - 0.2 <= lat <= north + 0.2 for lon, lat in ring)


def test_the_script_gives_the_same_points_in_steps():
    document = json.loads(outline_script(LIAONING).removeprefix(f"var {VARIABLE} = ").removesuffix(";\n"))
    for steps, ring in zip(document["rings"], list_rings(LIAONING), strict=True):
        lon = lat = 0
        for (one, other), (east, north) in zip(zip(steps[::2], steps[1::2], strict=True), ring, strict=True):
            lon, lat = lon + one, lat + other
            assert (lon, lat) == (round(east * STEPS_PER_DEGREE), round(north * STEPS_PER_DEGREE))


def test_a_province_without_a_file_has_no_outlines():
    assert list(list_rings(JILIN)) == []
    assert '"rings":[]' in outline_script(JILIN)
