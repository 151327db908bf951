import pytest

from tests.generation.history.making import authored


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    return authored(tmp_path_factory.mktemp("authored"))
