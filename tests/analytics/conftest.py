import pytest

from tests.factories.shop import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()
