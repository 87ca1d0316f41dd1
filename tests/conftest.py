import pytest
from hypothesis import settings

from broadcast.wording import language

settings.register_profile("any-machine", deadline=None)  # no test may depend on the speed of the machine
settings.load_profile("any-machine")


@pytest.fixture(autouse=True)
def _nobody_leaves_another_language_behind():
    """What one test says must not depend on which ran before it."""
    token = language.set("vi")
    yield
    left = language.get()
    language.reset(token)
    assert left == "vi", "this test left the language of sentences changed for all that follow"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The real browser first: what simulated pages leave in NiceGUI's modules keeps it from logging in."""
    items.sort(key=lambda item: not item.path.name.endswith("in_chromium.py"))
