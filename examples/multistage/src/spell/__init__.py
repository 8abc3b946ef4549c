"""Spells numbers as the Romans did."""

import sys

NUMERALS = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC",
    50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I",
}


def roman(number):
    spelled = ""
    for value, numeral in NUMERALS.items():
        count, number = divmod(number, value)
        spelled += numeral * count
    return spelled


def main():
    print(*(roman(int(word)) for word in sys.argv[1:]))
