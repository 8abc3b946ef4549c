"""A guestbook: its entries as a page."""

from markupsafe import escape


def page(entries):
    """Return the entries, pairs of name and message, as HTML."""
    return "".join(f"<p><b>{escape(name)}</b>: {escape(message)}</p>" for name, message in entries)
