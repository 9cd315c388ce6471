from quality.venues.venue_record import VenueRecord


def test_a_record_keeps_its_fingerprint_when_it_says_something_else():
    one = VenueRecord("facility", "S1", "南湖体育馆", "210102")
    other = one._replace(name="南湖体育场")
    assert one.fingerprint == other.fingerprint
    assert one.content != other.content


def test_dataset_and_key_together_tell_records_apart():
    assert VenueRecord("a", "b/c", "x", "").fingerprint != VenueRecord("a/b", "c", "x", "").fingerprint
