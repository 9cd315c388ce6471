"""The finder: map and list of the rows of a dataset that has coordinates, for people who look for a place.

    venue_columns.py   columns of text and numbers as a browser reads them quickly
    opening_hours.py   the opening hours of the places, from the dataset that has them
    venue_file.py      the data file of one finder, from released files
    venue_codes.py     code lists and groups of codes
    venue_counts.py    numbers of places of a table that is too large for a list
    counts_page.py     the page with these numbers
    outlines.py        outlines of the cities, for the finder and the map of dots
    map_library.py     MapLibre GL as it comes in a package, with its licence
    finder_page.py     the page with the list

Which field is what is said in the contract (`schemas/finder.py`). Not here: templates and scripts (`catalog/pages/finder*`).
"""
