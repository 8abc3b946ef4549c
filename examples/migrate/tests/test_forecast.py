import unittest

from forecast import forecast


class Forecast(unittest.TestCase):
    def test_is_as_long_as_asked_for(self):
        self.assertEqual(forecast("rain", 2), ["rain", "rain"])
