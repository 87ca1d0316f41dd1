"""Somebody at a screen, for the walks through a running house."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, expect

SHOTS = Path(__file__).parent / "shots"
SIZES = {"390": (390, 844), "1280": (1280, 900), "3840": (3840, 2160)}


class Person:
    """Somebody at a screen. Every address their browser asks for is remembered."""

    def __init__(
        self, browser: Browser, demo, login: str, width: str = "1280", scheme: Literal["light", "dark"] = "light"
    ):
        self.demo, self.width, self.scheme = demo, width, scheme
        wide, high = SIZES[width]
        self.context = browser.new_context(
            viewport={"width": wide, "height": high}, locale="vi-VN", color_scheme=scheme
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(45_000)
        self.asked: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(demo.url)
        self.find("login").fill(login)
        self.find("password").fill(demo.passwords[login])
        self.find("log-in").click()
        self.find("account").first.wait_for()

    def find(self, mark: str) -> Locator:
        return self.page.get_by_test_id(mark)

    def go(self, path: str) -> None:
        self.page.goto(self.demo.url + path)
        self.find("account").first.wait_for()

    def tick(self, area: str, typed: str) -> None:
        self.find("area-filter").fill(typed)
        self.page.wait_for_timeout(800)  # as a person looks before they point
        header = self.find("area-tree").locator(".q-tree__node-header", has_text=area).last
        header.locator(".q-checkbox").click()
        expect(self.find("area-count")).to_contain_text("3 cụm loa")

    def look(self, name: str, path: str | None = None) -> None:
        """Keep a picture of a page, or of what is there; nothing may be wider than the screen."""
        if path is not None:
            self.go(path)
        self.page.wait_for_timeout(400)
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.width}-{self.scheme}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SIZES[self.width][0], f"{name} is too wide"
