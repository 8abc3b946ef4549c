import unittest

from greeter import greet


class Greeting(unittest.TestCase):
    def test_names_whom_it_greets(self):
        self.assertEqual(greet("Ada"), "Hello, Ada!")


if __name__ == "__main__":
    unittest.main()
