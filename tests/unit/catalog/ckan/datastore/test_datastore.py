import psycopg
import pytest
from psycopg import errors

from catalog.ckan.datastore.datastore import translate_errors
from schemas.errors import CatalogueError
from schemas.text import Text

WHAT = Text(zh="装入资源", en="load the resource")
PRIVATE = "身份证210102"


def refused(wrong):
    with pytest.raises(CatalogueError) as raised, translate_errors(WHAT, "e4ad90df"):
        raise wrong
    return raised.value


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (errors.AdminShutdown, "connection"),
        (errors.InvalidPassword, "connection"),
        (errors.LockNotAvailable, "readers held"),
        (errors.DeadlockDetected, "run again"),
        (errors.QueryCanceled, "took too long"),
        (errors.DiskFull, "make room"),
        (errors.InsufficientPrivilege, "SET ROLE"),
        (errors.UniqueViolation, "twice"),
        (errors.NumericValueOutOfRange, "cannot"),
        (errors.BadCopyFileFormat, "cannot"),
        (errors.ProgramLimitExceeded, "2704"),
        (errors.DependentObjectsStillExist, "view"),
        (errors.UndefinedFunction, "set-permissions"),
        (errors.UndefinedTable, "log of PostgreSQL"),
        (psycopg.OperationalError, "connection"),
        (psycopg.InterfaceError, "connection"),
        (psycopg.ProgrammingError, "log of PostgreSQL"),
    ],
)
def test_every_error_says_what_was_done_and_the_next_move_and_no_value(kind, says):
    wrong = refused(kind(f'invalid input: "{PRIVATE}" at postgresql://user:topsecret@host/db'))
    assert "load the resource e4ad90df" in wrong.text.en
    assert "装入资源 e4ad90df" in wrong.text.zh
    assert says in wrong.text.en
    assert PRIVATE not in str(wrong)
    assert "topsecret" not in str(wrong)
    assert wrong.__suppress_context__


def test_what_is_no_error_of_postgresql_passes():
    with pytest.raises(KeyError), translate_errors(WHAT, "x"):
        raise KeyError
