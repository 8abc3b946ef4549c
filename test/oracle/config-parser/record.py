#!/usr/bin/env python3
"""Asks Python's configparser what it reads in each text, and writes recorded.json beside this file.

    python3 test/oracle/config-parser/record.py

Texts are written to a file and read from it, as a program would: as UTF-8 with an optional byte order mark, any line
ends. `raw` is what the text holds before interpolation. `resolved` is what `get` answers, after every lone % has been
doubled, because the project lets a lone % stay where Python refuses it. Generated texts come from a fixed seed.
"""

import configparser
import json
import os
import platform
import random
import re
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def by_hand():
    yield 'empty file', ''
    yield 'blank lines alone', '\n \n\t\n'
    yield 'comments alone', '# a\n; b\n  # c\n'
    yield 'one key', '[dev]\ntag=x\n'
    yield 'no line end at the end', '[dev]\ntag=x'
    yield 'blanks around the delimiter', '[dev]\ntag   =   x  y  \n'
    yield 'colon', '[dev]\ntag: x\n'
    yield 'colon without a blank', '[dev]\ntag:x\n'
    yield 'equals before colon', '[dev]\nports=-p 80:80\n'
    yield 'colon before equals', '[dev]\nenvironment: -e A=b\n'
    yield 'colon in the key position of a volume', '[dev]\n-v /a:/b\n'
    yield 'several delimiters', '[dev]\na==b\nc=:d\ne:=f\n'
    yield 'empty value', '[dev]\ninteractive=\n'
    yield 'empty value with blanks', '[dev]\ninteractive =   \nnext = 1\n'
    yield 'empty value and continuation', '[dev]\nvolumes=\n  -v a:b\n  -v c:d\n'
    yield 'continuation lines', '[dev]\nvolumes=-v a:b\n  -v c:d\n\t-v e:f\n'
    yield 'continuation by one blank', '[dev]\na=1\n 2\n'
    yield 'continuation that looks like a key', '[dev]\na=1\n b=2\n c: 3\n'
    yield 'continuation that looks like a header', '[dev]\na=1\n [x]\nb=2\n'
    yield 'continuation of a continuation, less indented', '[dev]\na=1\n      2\n   3\n 4\n'
    yield 'blank line inside a value', '[dev]\na=1\n\n  2\n'
    yield 'blank line with blanks inside a value', '[dev]\na=1\n   \n  2\n'
    yield 'several blank lines inside a value', '[dev]\na=1\n\n\n\n  2\n\n\nb=3\n'
    yield 'blank lines at the end of a value', '[dev]\na=1\n  2\n\n\n'
    yield 'comment inside a value', '[dev]\na=1\n  # no\n  2\n'
    yield 'comment at the margin inside a value', '[dev]\na=1\n# no\n  2\n; no\n  3\n'
    yield 'comment and blank line inside a value', '[dev]\na=1\n\n# no\n\n  2\n'
    yield 'comment behind the last line of a value', '[dev]\na=1\n  2\n  # no\nb=3\n'
    yield 'hash in a value', '[dev]\na=x # y\nb=#z\nc=a#b\n'
    yield 'semicolon in a value', '[dev]\ncmd=sh -c "a; b"\nd=;e\n'
    yield 'hash at the start of a continuation', '[dev]\na=1\n  #2\n  3\n'
    yield 'comment behind a header', '[dev] # here\na=1\n'
    yield 'indented header', '  [dev]\na=1\n'
    yield 'indented key', '[dev]\n  a=1\n  b=2\n'
    yield 'keys ever less indented', '[dev]\n    a=1\n  b=2\nc=3\n'
    yield 'keys ever more indented', '[dev]\na=1\n  b=2\n    c=3\n'
    yield 'indented section and keys', '  [dev]\n  a=1\n  b=2\n  [app]\n  c=3\n'
    yield 'indented section, key deeper', '  [dev]\n    a=1\n      2\n    b=2\n'
    yield 'tab against blanks', '[dev]\n  a=1\n\tb=2\n'
    yield 'header after an indented value', '[dev]\na=1\n  2\n[app]\nb=3\n'
    yield 'indented header after a value is a continuation', '[dev]\na=1\n  [app]\n  b=2\n'
    yield 'key first thing after a header, indented', '[dev]\n\n  # c\n  a=1\n'
    yield 'dotted section', '[py3.11]\na=1\n[py3.12]\na=2\n'
    yield 'section with blanks', '[ dev ]\na=1\n[dev]\na=2\n'
    yield 'section with brackets', '[a[b]]\nx=1\n[c]d]\ny=2\n'
    yield 'section with equals', '[a=b]\nx=1\n'
    yield 'empty section name', '[]\na=1\n'
    yield 'empty section name behind a section', '[dev]\n[]\na=1\n'
    yield 'unclosed header', '[dev\na=1\n'
    yield 'unclosed header with a delimiter', '[dev]\n[app=1\n'
    yield 'unclosed header behind a section', '[dev]\na=1\n[app\nb=2\n'
    yield 'header with text behind', '[dev] a=1\nb=2\n'
    yield 'section case counts', '[Dev]\na=1\n[dev]\na=2\n[DEV]\na=3\n'
    yield 'empty sections', '[a]\n[b]\n\n[c]\n'
    yield 'upper-case keys', '[dev]\nTAG=x\nPull_FROM_on_Force=False\n'
    yield 'unicode keys', '[dev]\nÄÖÜ=1\nΣΑΣ=2\nname=日本\nемоджи=🐳\n'
    yield 'keys with blanks', '[dev]\na key = 1\nanother  key=2\n'
    yield 'keys with odd characters', '[dev]\na.b-c/d[e]=1\n"q"=2\n$x=3\n'
    yield 'quotes stay', "[dev]\na='1.10'\nb=\"x\"\n"
    yield 'numbers and words stay text', '[dev]\na=1.10\nb=true\nc=null\nd=0x10\n'
    yield 'backslashes stay', '[dev]\na=C:\\x\nb=\\n\nc=x\\\n  y\n'
    yield 'DEFAULT', '[DEFAULT]\nnetwork=n\n[dev]\na=1\n[app]\nnetwork=m\n'
    yield 'DEFAULT behind the sections', '[dev]\na=1\n[DEFAULT]\nnetwork=n\n'
    yield 'DEFAULT twice', '[DEFAULT]\na=1\n[dev]\nx=1\n[DEFAULT]\nb=2\n'
    yield 'DEFAULT twice, the same key', '[DEFAULT]\na=1\n[dev]\nx=1\n[DEFAULT]\na=2\n'
    yield 'default in small letters is a section', '[default]\na=1\n[dev]\nb=2\n'
    yield 'DEFAULT alone', '[DEFAULT]\na=1\n'
    yield 'DEFAULT key overridden in other case', '[DEFAULT]\nTag=a\n[dev]\ntAG=b\n'
    yield 'interpolation', '[dev]\na=x\nb=%(a)s/y\n'
    yield 'interpolation, forward', '[dev]\nb=%(a)s/y\na=x\n'
    yield 'interpolation, several', '[dev]\na=x\nb=y\nc=%(a)s-%(b)s-%(a)s\n'
    yield 'interpolation, nested', '[dev]\na=x\nb=%(a)s1\nc=%(b)s2\nd=%(c)s3\n'
    yield 'interpolation from DEFAULT', '[DEFAULT]\nd=/srv\n[dev]\nb=%(d)s/y\n'
    yield 'interpolation in DEFAULT, key from the section', '[DEFAULT]\nv=-v %(d)s:/x\n[dev]\nd=/a\n[app]\nd=/b\n'
    yield 'interpolation, section before DEFAULT', '[DEFAULT]\nd=1\ne=%(d)s\n[dev]\nd=2\n'
    yield 'interpolation, case of the reference', '[dev]\nABC=x\nb=%(Abc)s\n'
    yield 'interpolation, missing', '[dev]\nb=%(nope)s\n'
    yield 'interpolation, missing in DEFAULT', '[DEFAULT]\nb=%(nope)s\n[dev]\na=1\n'
    yield 'interpolation, itself', '[dev]\na=%(a)s\n'
    yield 'interpolation, each other', '[dev]\na=%(b)s\nb=%(a)s\n'
    yield 'interpolation, ten levels', '[dev]\n' + ''.join(f'a{i}=%(a{i + 1})s.\n' for i in range(10)) + 'a10=x\n'
    yield 'interpolation, eleven levels', '[dev]\n' + ''.join(f'a{i}=%(a{i + 1})s.\n' for i in range(11)) + 'a11=x\n'
    yield 'interpolation, key with blanks', '[dev]\na key=1\nb=%(a key)s\n'
    yield 'interpolation, of a value with several lines', '[dev]\na=1\n  2\nb=<%(a)s>\n  3\n'
    yield 'interpolation, in a continuation', '[dev]\na=1\nb=x\n  %(a)s\n  y\n'
    yield 'interpolation, over a line end', '[dev]\na=1\nb=%(a\n  )s\n'
    yield 'interpolation, of an empty value', '[dev]\na=\nb=<%(a)s>\n'
    yield 'doubled percent', '[dev]\na=100%%\nb=%%(a)s\nc=%%%%\nd=%%%(a)s\n'
    yield 'doubled percent taken up', '[dev]\na=100%%\nb=%(a)s\n'
    yield 'lone percent', '[dev]\na=100%\nb=50% off\nc=%d %s\n'
    yield 'lone percent and a reference', '[dev]\na=x\nb=5% of %(a)s\n'
    yield 'percent with an unfinished reference', '[dev]\na=x\nb=%(a)\nc=%(a\nd=%()s\n'
    yield 'three percent signs', '[dev]\na=%%%\n'
    yield 'date format', '[dev]\ncmd=date +%Y-%m-%d\n'
    yield 'CRLF', '[dev]\r\na=1\r\n  2\r\n\r\nb=3\r\n'
    yield 'CR alone', '[dev]\ra=1\r  2\rb=3\r'
    yield 'mixed line ends', '[dev]\r\na=1\n  2\rb=3\r\n'
    yield 'byte order mark', '\ufeff[dev]\na=1\n'
    yield 'byte order mark and CRLF', '\ufeff[dev]\r\na=1\r\n'
    yield 'byte order mark inside', '[dev]\n\ufeffa=1\n'
    yield 'no-break space around a value', '[dev]\na=\u00a0x\u00a0\n'
    yield 'no-break space as indentation', '[dev]\na=1\n\u00a02\n'
    yield 'ideographic space', '[dev]\na=\u3000x\u3000\n\u3000y\n'
    yield 'separators U+001C to U+001F', '[dev]\na=\x1cx\x1f\nb\x1d=\x1ey\n'
    yield 'next line U+0085', '[dev]\na=x\x85\n\x85y\n'
    yield 'line separator U+2028', '[dev]\na=x\u2028y=z\u2029\nb=1\n'
    yield 'form feed and vertical tab', '[dev]\na=x\x0cy\x0b\n\x0cz\n'
    yield 'zero width space is no space', '[dev]\na=\u200bx\u200b\n'
    yield 'NUL in a value', '[dev]\na=x\0y\n'
    yield 'proto and the like', '[__proto__]\n__proto__=1\nconstructor=2\n[constructor]\ntoString=3\nhasOwnProperty=4\n'
    yield 'text before the first section', 'a=1\n[dev]\nb=2\n'
    yield 'text before the first section, behind a comment', '# hello\n\na=1\nb=2\n[dev]\n'
    yield 'only a key', 'a=1\n'
    yield 'indented text before the first section', '  a=1\n[dev]\n'
    yield 'key without a value', '[dev]\nflag\n'
    yield 'two keys without a value', '[dev]\nflag\na=1\nother flag\n[app]\nthird\n'
    yield 'key without a value, then a continuation', '[dev]\nflag\n  -v a b\n'
    yield 'bad line and its indented followers', '[dev]\na=1\nflag\n  more\nb=2\n'
    yield 'delimiter without a key', '[dev]\n=1\n'
    yield 'colon without a key', '[dev]\n:1\n'
    yield 'delimiter alone', '[dev]\n=\n'
    yield 'delimiter without a key, then a continuation', '[dev]\n=1\n  2\n'
    yield 'duplicate section', '[dev]\na=1\n[dev]\nb=2\n'
    yield 'duplicate section, apart', '[dev]\na=1\n[app]\n[x]\n[dev]\n'
    yield 'duplicate key', '[dev]\na=1\nb=2\na=3\n'
    yield 'duplicate key in other case', '[dev]\nTag=1\ntag=2\n'
    yield 'same key in two sections', '[dev]\na=1\n[app]\na=2\n'
    yield 'duplicate key behind a bad line', '[dev]\nflag\na=1\na=2\n'
    yield 'duplicate section behind a bad line', '[dev]\nflag\n[dev]\n'
    yield 'bad line behind a duplicate key', '[dev]\na=1\na=2\nflag\n'
    yield 'duplicate behind text before the first section', 'x=1\n[dev]\n[dev]\n'
    yield 'a usual file', (
        '[run_image]\nsynthetic_images=shell, notebook\n\n[dev]\ninteractive=-it\nnetwork=backend\n'
        'volumes=-v {project_root}:/opt/{project-name}\n\t-v /home/{user}/data:/data\n'
        '  # the cache\n  -v pip-cache:/root/.cache\nports=-p 8888:8888\n\t-p 6006:6006\n'
        'cmd=/bin/bash\n\n[shell]\nname=dev\ncmd=/bin/zsh -l\n'
    )


def by_hand_where_case_counts():
    yield 'case counts: keys', '[vars]\nPATH=1\npath=2\nPath=3\n'
    yield 'case counts: duplicate', '[vars]\nPATH=1\npath=2\nPATH=3\n'
    yield 'case counts: interpolation', '[vars]\nROOT=/srv\nDATA=%(ROOT)s/data\n'
    yield 'case counts: interpolation, other case', '[vars]\nROOT=/srv\nDATA=%(Root)s/data\n'
    yield 'case counts: unicode', '[vars]\nÄ=1\nä=2\n'


FRAGMENTS = [
    '[dev]', '[app]', '[DEFAULT]', '[py3.11]', ' [dev]', '[x', '[]', '[a]b', 'tag=x', 'Tag = y', 'name:z', 'a=1', 'b=2', 'c=',
    'd = %(a)s', 'e=%(b)s%(a)s', 'f=%(nope)s', 'g=100%', 'h=%%', 'flag', '=v', 'volumes=-v a:b', '  -v c:d', '\t-v e:f', '    deep',
    ' k=v', '  [s]', '# comment', '  ; comment', '', '', '   ', 'i=x ; y', 'j=x # y', 'k="q"', ' \u00a0', 'l=\u00e9', 'm=%(g)s',
]


def generated(count, seed):
    source = random.Random(seed)
    for number in range(count):
        lines = ['[dev]'] if source.random() < 0.85 else []
        pool = source.sample(FRAGMENTS, source.randint(4, len(FRAGMENTS)))
        lines += [source.choice(pool) for _ in range(source.randint(1, 12))]
        # Python calls a second line without a key a duplicate of the first; the project says of both what they lack.
        lines = [line for index, line in enumerate(lines) if line.strip()[:1] != '=' or line not in lines[:index]]
        yield f'generated {number}', source.choice(['\n', '\n', '\n', '\r\n']).join(lines)


def read(path, case_counts, interpolation):
    parser = configparser.ConfigParser(interpolation=interpolation)
    if case_counts:
        parser.optionxform = str
    with open(path, encoding='utf-8-sig') as file:
        parser.read_file(file)
    return parser


def refusal(error):
    if isinstance(error, configparser.MissingSectionHeaderError):
        return {'kind': 'missing-header', 'lines': [error.lineno]}
    if isinstance(error, configparser.ParsingError):
        return {'kind': 'not-a-key', 'lines': [line for line, _ in error.errors]}
    if isinstance(error, configparser.DuplicateSectionError):
        return {'kind': 'duplicate-section', 'lines': [error.lineno]}
    return {'kind': 'duplicate-key', 'lines': [error.lineno]}


def resolved(parser, section, key):
    try:
        return parser.get(section, key)
    except configparser.InterpolationMissingOptionError:
        return {'refused': 'missing'}
    except configparser.InterpolationDepthError:
        return {'refused': 'depth'}


def double_lone_percent(value):
    return re.sub(r'%%|%\([^)]+\)s|%', lambda match: '%%' if match[0] == '%' else match[0], value)


def ask(text, case_counts):
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(text.encode('utf-8'))
    try:
        try:
            parser = read(file.name, case_counts, None)
        except configparser.Error as error:
            return {'refused': refusal(error)}
        raw = [[name, [list(item) for item in parser._sections[name].items()]] for name in parser.sections()]
        defaults = [list(item) for item in parser.defaults().items()]
        lenient = read(file.name, case_counts, configparser.BasicInterpolation())
        for items in [lenient._defaults, *lenient._sections.values()]:
            for key in items:
                items[key] = double_lone_percent(items[key])
        answers = [[name, [[key, resolved(lenient, name, key)] for key in lenient[name]]] for name in lenient.sections()]
        return {'raw': raw, 'defaults': defaults, 'resolved': answers}
    finally:
        os.unlink(file.name)


def main():
    cases = [(name, text, False) for name, text in by_hand()]
    cases += [(name, text, True) for name, text in by_hand_where_case_counts()]
    cases += [(name, text, False) for name, text in generated(250, 20171216)]
    recorded = {
        'tool': f'configparser of Python {platform.python_version()}',
        'cases': [
            {'name': name, 'text': text, 'caseCounts': case_counts, 'answer': ask(text, case_counts)}
            for name, text, case_counts in cases
        ],
    }
    with open(os.path.join(HERE, 'recorded.json'), 'w', encoding='utf-8') as file:
        json.dump(recorded, file, indent=1, ensure_ascii=True)
        file.write('\n')


main()
