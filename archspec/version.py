"""The version, for headers and `--version`."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("archspec-nn")
except PackageNotFoundError:  # a checkout that isn't installed
    __version__ = "0.1.0"
