import pytest

from thermo import celsius


@pytest.mark.parametrize("fahrenheit, expected", [(32, 0), (212, 100), (-40, -40)])
def test_celsius(fahrenheit, expected):
    assert celsius(fahrenheit) == expected
