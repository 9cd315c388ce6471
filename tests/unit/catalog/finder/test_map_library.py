from catalog.finder.map_library import FILES, LICENCE, read_map_library


def test_script_sheet_and_licence_come_together():
    assert list(read_map_library()) == [*FILES, LICENCE]


def test_the_script_names_the_licence_that_lies_beside_it():
    files = read_map_library()
    assert b"@license 3-Clause BSD" in files["maplibre-gl.js"][:300]
    assert b"MapLibre contributors" in files[LICENCE]
    assert b"Redistributions in binary form must reproduce the above copyright" in files[LICENCE]


def test_the_script_evaluates_no_text():
    script = read_map_library()["maplibre-gl.js"]
    assert b"eval(" not in script.replace(b"_eval(", b"")
    assert b"new Function(" not in script
