import io
import sys

from tally import __version__, tally
from tally.__main__ import main


def test_counts_words_whatever_their_case():
    assert tally("To be or not to be") == [("to", 2), ("be", 2), ("or", 1), ("not", 1)]


def test_prints_a_word_a_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tally"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("b a b"))
    main()
    assert capsys.readouterr().out == "2\tb\n1\ta\n"


def test_tells_its_version(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tally", "--version"])
    main()
    assert capsys.readouterr().out == f"{__version__}\n"
