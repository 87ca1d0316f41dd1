"""Somebody who knows nothing airs a bulletin with no help but the page: invited by a link, led by the first steps."""

import pytest
from playwright.sync_api import Browser, Page, expect

from audio.likeness import likeness
from tests.system.persons import SHOTS, SIZES
from tests.system.test_every_page import AXE, LOOK

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "loa làng của tôi"
TEXT = "Mời bà con ấp Bến Mương đi họp lúc 19 giờ tại nhà văn hóa."


class Newcomer:
    """At a telephone, with nothing but the page: does what the hint says, when it says so."""

    def __init__(self, browser: Browser, url: str):
        self.url = url
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def find(self, mark: str):
        return self.page.get_by_test_id(mark)

    def told(self, hint: str, *more: str) -> None:
        """Wait until the hint says this, and look at it on telephone and desk; `more`: in these sizes too."""
        expect(self.page.locator(f"[data-testid=tour][data-hint={hint}]")).to_be_visible(timeout=30_000)
        self.page.evaluate(AXE)
        for name in ("390", "1280", *more):
            width, height = SIZES[name]
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(150)  # what moves with the width comes to rest
            self.page.screenshot(path=SHOTS / f"first-{hint}-{name}.png")
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width
            box = self.find("tour").bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= width - box["width"]
        assert self.page.evaluate(LOOK, "[data-testid=tour]") == [], "axe finds nothing at AA"
        self.page.set_viewport_size({"width": 390, "height": 844})


@pytest.fixture(scope="module")
def invitation(browser, demo) -> str:
    """What the administrator of accounts sends to a new operator."""
    SHOTS.mkdir(exist_ok=True)
    page = browser.new_context(locale="vi-VN").new_page()
    page.goto(demo.url + "/login?to=/people/new")
    page.get_by_test_id("login").fill("tinh")
    page.get_by_test_id("password").fill(demo.passwords["tinh"])
    page.get_by_test_id("log-in").click()
    page.get_by_test_id("name").fill("Trần Thị Mới")
    page.get_by_test_id("grant-role").click()
    page.get_by_role("option", name="Người vận hành đài xã").click()
    area = page.get_by_test_id("grant-area")
    area.fill("Thạnh Đức")
    page.get_by_role("option", name="Xã Thạnh Đức").click()
    page.get_by_test_id("person-save").click()
    link: str = page.get_by_test_id("way-in-secret").inner_text()
    page.context.close()
    return f"{demo.url}{link[link.index('/invited/') :]}"


def test_a_new_operator_airs_a_bulletin_with_no_help_but_the_page(browser, demo, invitation, until):
    new = Newcomer(browser, demo.url)
    new.page.goto(invitation)
    new.find("password").fill(PASSWORD)
    new.find("password-again").fill(PASSWORD)
    new.find("invited-accept").click()
    new.find("log-in").wait_for()
    expect(new.find("login")).to_have_value("tran-thi-moi")
    new.find("password").fill(PASSWORD)
    new.find("log-in").click()

    expect(new.find("tour-welcome")).to_contain_text("Phát bản tin đầu tiên")
    new.page.screenshot(path=SHOTS / "first-welcome-390.png", full_page=True)
    new.find("tour-begin").press("Enter")
    new.told("write")
    new.find("tour-there").press("Enter")  # by keyboard alone: the hint leads to what it speaks of
    expect(new.find("write")).to_be_focused()
    new.page.keyboard.press("Enter")
    new.told("text", "3840")
    new.find("title").fill("Mời họp")
    new.find("tour-there").press("Enter")
    expect(new.find("text")).to_be_focused()
    new.page.keyboard.insert_text(TEXT)
    new.told("listen")
    new.find("listen").click()
    new.told("hear")
    new.page.wait_for_function("document.querySelector('[data-testid=player]').readyState >= 1")
    new.find("player").evaluate("p => { p.muted = true; p.currentTime = p.duration - 0.4; return p.play(); }")
    new.told("place")
    expect(new.find("area-count")).to_contain_text("3 cụm loa")  # the only commune they have is chosen
    new.find("place").click()
    new.page.wait_for_url("**/slots/*")
    new.told("sounded", "3840")
    expect(new.find("delivery-loa-1")).to_contain_text("đã phát")
    new.find("tour-on").click()
    expect(new.find("tour")).to_be_hidden()

    until(lambda: len(demo.wavs()) == 3, "three horns")
    clip = next(p for p in demo.data.glob("clips/*/*.opus"))
    assert likeness(clip, demo.wavs()[0]).peak > 0.9
    assert new.errors == []
