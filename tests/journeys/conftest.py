"""A running school for the journeys: the real programs, set up and started by `phonekeep-demo`."""

from collections.abc import Iterator

import pytest

from demo.driver import School


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The sample school, started once for all tests of a file, which have to leave it as they found it."""
    with School.start(tmp_path_factory.mktemp("school")) as started:
        yield started
