import unittest

from guestbook import page


class Page(unittest.TestCase):
    def test_escapes_what_guests_write(self):
        self.assertEqual(page([("<i>", "&")]), "<p><b>&lt;i&gt;</b>: &amp;</p>")
