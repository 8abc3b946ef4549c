"""Who was here, kept in PostgreSQL."""

import os

import pg8000


def connect():
    """To the service `db`, wherever that is: DB_HOST and DB_PORT say it."""
    return pg8000.connect(
        user="postgres",
        database="postgres",
        host=os.environ["DB_HOST"],
        port=int(os.environ["DB_PORT"]),
    )


def sign(connection, name):
    cursor = connection.cursor()
    cursor.execute("INSERT INTO guests (name) VALUES (%s)", (name,))
    connection.commit()


def guests(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT name FROM guests ORDER BY id")
    return [name for (name,) in cursor.fetchall()]
