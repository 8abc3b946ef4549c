"""Asks versioneer, setuptools-scm or hatch-vcs for the versions of projects.

Reads a JSON list of {"tool", "root", "files", "env"} from standard input: the files are put into the root, the tool is
asked with that environment, and the files are taken away again. Prints a JSON list of the answers: versioneer's
dictionary, or {"version": ...}, or {"raises": ...} with the name of the exception.

usage: ask.py FOLDER...   (where the tools are imported from)
"""

import base64
import contextlib
import io
import json
import os
import sys
import tomllib
import warnings

sys.path[:0] = sys.argv[1:]
warnings.simplefilter("ignore")


def ask_versioneer(root):
    import versioneer

    return versioneer.get_versions()


def load_versioneer():
    import versioneer

    # Before 0.24, the module that is installed only holds the one that a project takes a copy of.
    if not hasattr(versioneer, "get_versions"):
        exec(base64.b64decode(versioneer.VERSIONEER_b64), vars(versioneer))


def ask_setuptools_scm(root):
    from setuptools_scm.__main__ import main

    sys.argv[1:] = []
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        main()
    return {"version": output.getvalue().strip().splitlines()[-1]}


def ask_hatch_vcs(root):
    from hatch_vcs.version_source import VCSVersionSource

    with open("pyproject.toml", "rb") as file:
        config = tomllib.load(file)["tool"]["hatch"]["version"]
    return VCSVersionSource(root, config).get_version_data()


TOOLS = {"versioneer": ask_versioneer, "setuptools-scm": ask_setuptools_scm, "hatch-vcs": ask_hatch_vcs}


def ask_in_child(job):
    """A process of its own for each question: the tools keep state, and the environment differs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        sys.stdout = sys.stderr = io.StringIO()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.chdir(job["root"])
        os.environ.clear()
        os.environ.update(job["env"])
        try:
            answer = TOOLS[job["tool"]](job["root"])
        except BaseException as error:
            answer = {"raises": type(error).__name__}
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer)


def ask(job):
    added = []
    for name, text in job["files"].items():
        path = os.path.join(job["root"], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        added.append(path)
    try:
        return ask_in_child(job)
    finally:
        for path in added:
            os.remove(path)


def load(jobs):
    for tool in {job["tool"] for job in jobs}:
        if tool == "versioneer":
            load_versioneer()
        if tool == "setuptools-scm":
            import setuptools_scm.__main__
        if tool == "hatch-vcs":
            import hatch_vcs.version_source


questions = json.load(sys.stdin)
load(questions)
print(json.dumps([ask(question) for question in questions]))
