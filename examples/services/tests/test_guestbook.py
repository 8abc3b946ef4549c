import pg8000
import pytest

from guestbook import connect, guests, sign


@pytest.fixture
def connection():
    with_tables = connect()
    yield with_tables
    with_tables.rollback()
    with_tables.cursor().execute("DELETE FROM guests")
    with_tables.commit()
    with_tables.close()


def test_nobody_was_here_before(connection):
    assert guests(connection) == []


def test_guests_come_in_their_order(connection):
    sign(connection, "Grace")
    sign(connection, "Ada")
    assert guests(connection) == ["Grace", "Ada"]


def test_nobody_signs_twice(connection):
    sign(connection, "Ada")
    with pytest.raises(pg8000.DatabaseError):
        sign(connection, "Ada")
