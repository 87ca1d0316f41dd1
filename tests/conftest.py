import pytest

from broadcast.wording import language


@pytest.fixture(autouse=True)
def _nobody_leaves_another_language_behind():
    """What one test says must not depend on which ran before it."""
    token = language.set("vi")
    yield
    left = language.get()
    language.reset(token)
    assert left == "vi", "this test left the language of sentences changed for all that follow"
