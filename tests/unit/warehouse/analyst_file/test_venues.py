from warehouse.analyst_file.venues import VenueAliasRow, VenueRow, venue_alias_table, venue_table


def test_every_column_of_both_tables_has_a_comment_in_both_languages_also_without_rows():
    for table in (venue_table([]), venue_alias_table([])):
        assert table.table.num_rows == 0
        for field in table.table.schema:
            assert " / " in field.metadata[b"comment"].decode()


def test_rows_have_the_columns_of_their_table():
    venue = venue_table([VenueRow("LN-V000001", "南湖体育馆", "210102", None, None, 1)])
    alias = venue_alias_table([VenueAliasRow("LN-V000001", "event", "k", "南湖体育馆", "", None)])
    assert venue.table.column_names == list(VenueRow._fields)
    assert alias.table.column_names == list(VenueAliasRow._fields)
