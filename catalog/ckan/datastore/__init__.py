"""DataStore tables of a CKAN portal: released CSV files are loaded into staged tables, then swapped with the live ones.

    table_schema  columns, keys and indexes of a table, from a catalogue entry; pure
    statements    names of tables and indexes, and the SQL of one table; pure
    load          loads a staged table from a CSV, by COPY
    swap          staged → live → previous, and back
    inspect       which tables exist and what they hold
    compare       live rows against released rows
    datastore     `DataStore`, through which all of this is used; translates errors of PostgreSQL

Readers of the portal see the old rows until a swap commits and the new ones after it. Not here: datasets and resources
of the API, files, the order of a publication.
"""
