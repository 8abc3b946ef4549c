"""Makes the tables: `python -m guestbook.migrate`."""

from . import connect

if __name__ == "__main__":
    connection = connect()
    connection.cursor().execute("CREATE TABLE guests (id serial PRIMARY KEY, name text NOT NULL UNIQUE)")
    connection.commit()
    connection.close()
