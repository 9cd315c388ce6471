from hypothesis import given
from hypothesis import strategies as st

from catalog.pictures.dotmap import WIDTH, dot_map, map_frame
from schemas.province import read_bureau_province
from support.contracts import JILIN

LIAONING = read_bureau_province()
ANYWHERE = st.tuples(st.floats(110, 130), st.floats(30, 50))


def test_north_is_up_and_east_is_right():
    south_west, north_east = dot_map({(119.0, 39.0): 1, (125.5, 43.0): 1}, LIAONING).dots
    assert south_west.x < north_east.x
    assert south_west.y > north_east.y


def test_the_area_of_a_dot_grows_with_its_rows_up_to_a_limit():
    small, four_times, crowd = (dot_map({(123.0, 41.0): rows}, LIAONING).dots[0].radius for rows in (1, 4, 1_000_000))
    assert four_times == 2 * small
    assert crowd == 14.0


def test_without_places_there_is_a_graticule_and_nothing_else():
    empty = dot_map({}, LIAONING)
    assert (empty.dots, empty.squares, empty.rows, empty.outside) == ((), (), 0, 0)
    assert [line.degree for line in empty.meridians] == [119, 120, 121, 122, 123, 124, 125]
    assert [line.degree for line in empty.parallels] == [39, 40, 41, 42, 43]


@given(places=st.dictionaries(ANYWHERE, st.integers(1, 500)))
def test_every_row_is_on_the_map_or_counted_as_outside(places):
    drawn = dot_map(places, LIAONING)
    assert drawn.rows + drawn.outside == sum(places.values())
    assert sum(dot.rows for dot in drawn.dots) == sum(square.rows for square in drawn.squares) == drawn.rows
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= drawn.height for dot in drawn.dots)


def test_the_frame_holds_the_province_with_a_margin():
    frame = map_frame(LIAONING)
    assert (frame.west, frame.east, frame.south, frame.north) == (118.6, 126.0, 38.5, 43.7)


def test_another_province_has_a_map_of_its_own():
    changchun = {(125.3, 43.9): 2}
    assert (dot_map(changchun, LIAONING).rows, dot_map(changchun, JILIN).rows) == (0, 2)
    assert [line.degree for line in dot_map({}, JILIN).parallels] == [41, 42, 43, 44, 45, 46]


def test_outlines_are_closed_paths_in_whole_units_without_repeated_points():
    square = [(120.0, 40.0), (121.0, 40.0), (121.0, 40.0001), (121.0, 41.0), (120.0, 41.0), (120.0, 40.0)]
    (path,) = dot_map({}, LIAONING, [square]).outlines
    assert path.startswith("M")
    assert path.endswith("z")
    steps = [int(number) for number in path[1:-1].partition("l")[2].replace("-", " -").split()]
    assert (len(steps), sum(steps[::2]), sum(steps[1::2])) == (8, 0, 0)
