"""The tables behind a CKAN portal: released CSV files as DataStore tables, built aside and put in place at one stroke.

    shape    what columns, keys and indexes a table has, from a catalogue entry; pure
    names    how tables and indexes are called, here and by CKAN; pure
    phrases  the SQL of one table, composed; pure
    build    a table aside from a CSV, by COPY
    swap     aside → live → last, and back
    look     what is there
    compare  live rows against released rows
    failure  errors of PostgreSQL in our words
    tables   `Tables`, through which all of this is used

The readers of the portal see the old rows until a swap commits and the new ones after it. Not here: datasets and resources of
the API, files, the order of a publication.
"""
