import unittest

from spell import roman


class Roman(unittest.TestCase):
    def test_takes_one_from_the_next_where_four_would_stand(self):
        self.assertEqual(roman(1994), "MCMXCIV")


if __name__ == "__main__":
    unittest.main()
