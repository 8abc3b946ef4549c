# For tools that look for this file; all metadata stands in pyproject.toml.
from setuptools import setup

setup()
