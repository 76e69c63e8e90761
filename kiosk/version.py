"""Which version of Phonekeep runs, as the installed package says it."""

from importlib.metadata import PackageNotFoundError, version


def phonekeep_version() -> str:
    """The package's version; "source" when it runs from a source tree that was not installed."""
    try:
        return version("phonekeep")
    except PackageNotFoundError:
        return "source"
