#!/usr/bin/env python3
"""Asks Python's shlex.split how it splits each text into words, and writes recorded.json beside this file.

    python3 test/oracle/shell-words/record.py

A backslash at the end of a line is left out: there the project follows the shell, where it vanishes with the line end.
Generated texts come from a fixed seed.
"""

import json
import os
import platform
import random
import shlex

HERE = os.path.dirname(os.path.abspath(__file__))

BY_HAND = [
    '', ' ', '\n', 'a', 'a b', '  a   b  ', 'a\tb\nc\r\nd', "'a b'", '"a b"', "a'b c'd", 'a"b c"d', "''", '""', "'' ''", 'a "" b',
    "'\"'", '"\'"', r'\a', r'a\ b', r'\'', r'\"', r'\\', r'"\""', r'"\\"', r'"\a"', r'"\ "', r'"\$HOME"', r'"\`x\`"', r"'\'", r"'\\'",
    '"a\nb"', "'a\nb'", "'", '"', "a'b", 'a"b', 'a\\', '"a\\', '"a\\"', "'a\\'", 'a # b', '#a', 'a#b', 'a;b', 'a; b', 'a && b | c',
    '$HOME', '${HOME}', "$'a\\nb'", '$"a b"', '`x y`', '$(x y)', '*?[a]', '~', '{a,b}', '{project_root}', '{{.State}}',
    '-e A=b', "-e 'A=b c'", '-e A="b c"', '-e A=\'{"k": "v w"}\'', '--mount type=bind,src="/a b",dst=/c', '-v /a:/b:ro -v "/c d":/e',
    "--gpus '\"device=0,1\"'", 'sh -c "a; b"', "sh -c 'echo \"x y\"'", "sh -c \"echo 'x y'\"", 'bash -c "python -m \'x\' \\"y z\\""',
    '--format \'{{json .}}\'', 'a=\'b\'"c"d', "'a'\\''b'", '\u00e9 \u00fc', "'\u65e5 \u672c'", 'a\u00a0b', 'a\u3000b', 'a\u2028b', '\U0001f433 x',
    'a\x0bb', 'a\x0cb', 'a\x1cb', '\ufeffa', 'a\0b', '\\\t', '\\\\ \\\\', '"" \'\' \\\'', "a''b", 'a\\"b c\\"', '--label=x="y z" -p 80:80',
]

PARTS = ['a', 'b', ' ', '  ', '\n', '\t', "'", '"', '\\', '$', '#', ';', '{', '}', '=', '-e', '/x', '\u00e9', '""', "''", '\\"', "\\'", '\\\\']


def generated(count, seed):
    source = random.Random(seed)
    for _ in range(count):
        text = ''.join(source.choice(PARTS) for _ in range(source.randint(2, 14)))
        yield text.replace('\\\n', '\\ ')


def ask(text):
    try:
        return shlex.split(text)
    except ValueError:
        return {'refused': True}


def main():
    recorded = {
        'tool': f'shlex of Python {platform.python_version()}',
        'cases': [{'text': text, 'answer': ask(text)} for text in [*BY_HAND, *generated(400, 1)]],
    }
    with open(os.path.join(HERE, 'recorded.json'), 'w', encoding='utf-8') as file:
        json.dump(recorded, file, indent=1, ensure_ascii=True)
        file.write('\n')


main()
