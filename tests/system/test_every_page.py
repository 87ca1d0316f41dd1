"""Every page there is, with something on it: axe finds nothing, nothing is too wide, all is within reach."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
LOOK = """async (within) => {
  const rules = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] } };
  const found = await axe.run({ include: [within] }, { ...rules, resultTypes: ["violations"] });
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}: ${n.failureSummary}`));
}"""
OUT_OF_REACH = """() => {
  const keys = "a[href],button,input,select,textarea,label,summary,audio,[tabindex='0'],[data-i]";
  const seen = (e) => e.getClientRects().length && !e.closest("[aria-hidden=true]");
  const hand = (e) => getComputedStyle(e).cursor === "pointer";
  const pointed = (e) => hand(e) && !hand(e.parentElement);
  const all = [...document.querySelectorAll("main *, header *")].filter((e) => seen(e) && pointed(e));
  return all.filter((e) => !e.closest(keys) && !e.querySelector(keys)).map((e) => e.outerHTML.slice(0, 160));
}"""
"""What a mouse can press and the keyboard cannot."""
UNSEEN_FOCUS = """() => {
  const plain = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.boxShadow].join(); };
  const all = [...document.querySelectorAll("main a[href], main button, header a[href], header button, .loa-tabs a")];
  document.activeElement?.blur();
  const some = all.filter((e) => e.getClientRects().length && !e.disabled && !e.closest(".q-field")).slice(0, 40);
  return some.filter((e) => {
    const before = plain(e);
    e.focus({ preventScroll: true });
    return document.activeElement === e && plain(e) === before;
  }).map((e) => e.outerHTML.slice(0, 160));
}"""
"""What looks the same with the keyboard on it."""
SMALL = """() => [...document.querySelectorAll("main .q-btn, main .loa-card-link, .loa-tabs a, header .q-btn")]
  .map((e) => [e.getBoundingClientRect(), e]).filter(([b]) => b.height && b.height < 43.5)
  .map(([b, e]) => `${Math.round(b.height)}: ${e.outerHTML.slice(0, 160)}`)"""
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Place:
    """A route, an example of its address, and the dialogs that are opened on it."""

    address: str
    ready: str = "h1"
    who: str = "province"
    """As what somebody is logged in there; "" for nobody."""
    open: tuple[tuple[str, ...], ...] = ()
    """What is pressed with the keyboard, one after the other, and last what then appears."""


PLACES: dict[str, Place] = {
    "/": Place("/", open=(("[data-testid=account]", ".loa-menu"),)),
    "/alarm": Place("/alarm"),
    "/approvals": Place("/approvals"),
    "/bulletins/file": Place("/bulletins/file"),
    "/bulletins/template": Place("/bulletins/template"),
    "/bulletins/template/{template}": Place("/bulletins/template/cup-dien"),
    "/bulletins/{bulletin_id:int}": Place("/bulletins/7", open=((".loa-read [data-i]", ".loa-reading-dialog"),)),
    "/bulletins/{bulletin_id:int}/versions": Place("/bulletins/7/versions"),
    "/calendar": Place("/calendar", open=((".fc-next-button", ".fc-next-button", ".fc-event", ".loa-dialog"),)),
    "/calendar/print": Place("/calendar/print"),
    "/inbox": Place(
        "/inbox",
        who="operator",
        open=(
            ("[data-testid=put-off-1]", ".loa-dialog"),
            ("[data-testid=decline-1]", ".loa-dialog"),
            ("[data-testid=take-1]", ".loa-dialog"),
        ),
    ),
    "/invited/{token}": Place("/invited/LINK", ".loa-door-card", who=""),
    "/lexicon": Place("/lexicon"),
    "/log": Place("/log"),
    "/login": Place("/login", ".loa-door-card", who=""),
    "/me": Place("/me"),
    "/next": Place("/next"),
    "/people": Place("/people"),
    "/people/new": Place("/people/new"),
    "/people/{person_id:int}": Place("/people/3"),
    "/programmes": Place("/programmes"),
    "/programmes/new": Place("/programmes/new"),
    "/programmes/usual": Place("/programmes/usual", open=(("[data-testid=usual-edit-sang]", ".loa-dialog"),)),
    "/programmes/{programme:int}": Place(
        "/programmes/2",
        open=(("[data-testid=add-bulletin]", ".loa-dialog"), ("[data-testid=programme-drop]", ".loa-dialog")),
    ),
    "/receivers": Place("/receivers", open=(("[data-testid=stop-all-menu]", ".loa-menu"),)),
    "/setup/{word}": Place("/setup/word", ".loa-door-card", who=""),
    "/slots": Place("/slots"),
    "/slots/{slot_id:int}": Place("/slots/1", open=(("[data-testid=withdraw]", ".loa-dialog"),)),
    "/templates": Place("/templates?area=tinh-tay-ninh-72"),
    "/templates/edit/{area}/{template}": Place("/templates/edit/tinh-tay-ninh-72/cup-dien"),
    "/templates/new": Place("/templates/new?area=tinh-tay-ninh-72"),
    "/trail": Place("/trail"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the house in a process of its own says of itself."""
    folder = tmp_path_factory.mktemp("house")
    file = Path(__file__).with_name("seeded_panel.py")
    with (folder / "log").open("w") as log:
        house = subprocess.Popen([sys.executable, file, folder], stdout=subprocess.PIPE, stderr=log, text=True)
    assert house.stdout is not None
    with house.stdout:
        line = next((line for line in house.stdout if line.startswith("{")), "")
        try:
            assert line, (folder / "log").read_text()
            yield json.loads(line)
        finally:
            house.terminate()
            ended = house.wait(60)
    assert ended == 0


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page_of(browser: Browser, told: dict[str, Any]) -> Iterator[Callable[[str], Page]]:
    """A page of somebody; none may fail or ask anything of elsewhere."""
    wrong: list[str] = []
    contexts: dict[str, BrowserContext] = {}

    def page_of(who: str) -> Page:
        if who not in contexts:
            # without movement: a colour that is on its way to another is not yet either
            context = browser.new_context(base_url=told["url"], locale="vi-VN", reduced_motion="reduce")
            if who:
                context.add_cookies([{"name": told["cookie"], "value": told["sessions"][who], "url": told["url"]}])
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
            ours = (told["url"], told["url"].replace("http", "ws"), "data:", "blob:")
            page.on("request", lambda r: None if r.url.startswith(ours) else wrong.append(r.url))
            contexts[who] = context
        return contexts[who].pages[0]

    yield page_of
    for context in contexts.values():
        context.close()
    assert not wrong


def test_every_route_of_the_panel_is_in_the_list_of_pages_that_are_looked_at(told) -> None:
    assert set(told["routes"]) == set(PLACES)


@pytest.mark.parametrize("route", PLACES)
def test_axe_finds_nothing_and_all_of_a_page_is_within_reach(route: str, page_of, told) -> None:
    # each page is seen dark and light, small and large; that each pair is seen on every second page is enough
    place, turn = PLACES[route], list(PLACES).index(route) % 2
    page: Page = page_of(place.who)
    page.emulate_media(color_scheme="light" if turn else "dark")
    page.set_viewport_size(PHONE)
    page.goto(place.address.replace("LINK", told["link"]))
    expect(page.locator(place.ready).first).to_be_visible()
    expect(page.get_by_text("Tài khoản của bạn không dùng trang này")).to_have_count(0)
    page.evaluate(AXE)
    found = _looked(page, "phone")
    found += [f"told as wrong: {said}" for said in page.locator(".loa-wrong:visible").all_inner_texts() if said]
    page.keyboard.press("Tab")
    for name, script in {"no key": OUT_OF_REACH, "unseen focus": UNSEEN_FOCUS, "small": SMALL}.items():
        found += [f"{name}: {what}" for what in page.evaluate(script)]
    for *presses, appears in place.open:
        for pressed in presses:
            page.locator(pressed).first.press("Enter")
        expect(page.locator(appears).first).to_be_visible()
        expect(page.locator("[class*=-enter-active]")).to_have_count(0)
        # axe takes what darkens the page behind a dialog for something before it
        page.add_style_tag(content=".q-dialog__backdrop { display: none; }")
        found += _looked(page, f"phone, {appears}", appears)
        page.keyboard.press("Escape")
        expect(page.locator(appears)).to_have_count(0)
    page.emulate_media(color_scheme="dark" if turn else "light")
    page.set_viewport_size(DESK)
    found += _looked(page, "desk")
    sizes = page.context.new_cdp_session(page)
    sizes.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        found += _wide(page, f"200 % at {size['width']}")
    sizes.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    assert not found, "\n".join(found)


def test_whoever_looks_at_people_sees_what_another_changes_without_asking_again(page_of) -> None:
    page: Page = page_of("province")
    page.goto("/people")
    with page.context.new_page() as other, page.context.new_page() as third:
        for tab in (other, third):
            tab.goto("/people/3")
        other.get_by_test_id("name").fill("Đỗ Thị Đổi Tên")
        other.get_by_test_id("names-save").click()
        expect(page.get_by_test_id("person-nguoi-3")).to_contain_text("Đỗ Thị Đổi Tên")
        expect(third.locator("h1")).to_have_text("Đỗ Thị Đổi Tên")


def _looked(page: Page, where: str, within: str = "html") -> list[str]:
    return [f"{where}: {what}" for what in page.evaluate(LOOK, within)] + _wide(page, where)


def _wide(page: Page, where: str) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{where}: {wide} px too wide"] if wide > 0 else []
