"""What only a browser can show: nothing comes from elsewhere, ages tick, typed words outlive the page."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from nicegui.storage import Storage
from nicegui.testing.general import nicegui_reset_globals
from playwright.async_api import Page, async_playwright, expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


@pytest.fixture
async def page(little, tmp_path: Path) -> AsyncIterator[Page]:
    """Chromium at the panel of the little office, logged in as staff; fails on requests that leave and on errors."""
    before = Storage.path
    with nicegui_reset_globals():
        from ui.panel import attach  # noqa: PLC0415 - every test has new modules

        app = FastAPI()
        attach(app, little.office(), storage_secret="for this test alone", storage=tmp_path / "sessions")
        with socket.socket() as ear:
            ear.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="wsproto", timeout_graceful_shutdown=1))
            serving = asyncio.ensure_future(server.serve(sockets=[ear]))
            home = f"http://127.0.0.1:{ear.getsockname()[1]}"
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
                )
                here = await browser.new_page(base_url=home)
                left: list[str] = []
                here.on("request", lambda r: left.append(r.url) if not _ours(r.url, home) else None)
                here.on("pageerror", lambda error: left.append(str(error)))
                await here.goto("/")
                await here.fill("[data-testid=login]", "huyen")
                await here.fill("[data-testid=password]", "mat-khau-thu")
                await here.press("[data-testid=password]", "Enter")
                await here.wait_for_selector("[data-testid=write]")
                yield here
                await browser.close()
            server.should_exit = True
            await serving
            assert not left
    Storage.path = before


def _ours(address: str, home: str) -> bool:
    return address.startswith((home, home.replace("http", "ws"), "data:", "blob:"))


async def test_what_was_typed_in_the_last_moment_outlives_the_page_and_markup_stays_text(page: Page, little) -> None:
    await page.click("[data-testid=write]")
    await page.fill("[data-testid=title]", "<img src=x onerror=alert(1)>")
    await page.fill("[data-testid=text]", "Kính thưa bà con")
    await page.reload()  # sooner than anything was sent
    await expect(page.locator("[data-testid=text]")).to_have_value("Kính thưa bà con")
    await expect(page.locator("[data-testid=title]")).to_have_value("<img src=x onerror=alert(1)>")
    await expect(page.locator("[data-testid=save-state]")).to_contain_text("Đã lưu lúc")
    assert little.books[1].text == "Kính thưa bà con"
    await page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('loa-lang:'))")
    await page.goto("/")
    await expect(page.locator("[data-testid=bulletin-1]")).to_contain_text("<img src=x onerror=alert(1)>")


async def test_ages_tick_without_a_message(page: Page, little) -> None:
    await page.goto("/receivers")
    age = page.locator("[data-testid=receiver-loa-1] .loa-age")
    first = await age.inner_text()
    assert first.endswith(("giây trước", "vừa xong"))
    await expect(age).not_to_have_text(first)
    await expect(age).to_contain_text("giây trước")


async def test_a_file_that_is_too_large_is_refused_in_the_browser(page: Page, little, tmp_path: Path) -> None:
    large = tmp_path / "to.mp3"
    with large.open("wb") as stream:
        stream.truncate(2_000_000)
    await page.click("[data-testid=write]")
    await page.set_input_files(".q-uploader__input", large)
    await expect(page.locator("[data-testid=sound-error]")).to_contain_text("lớn hơn 1 MB")
    small = tmp_path / "vua.mp3"
    small.write_bytes(b"ID3" + bytes(500_000))
    await page.set_input_files(".q-uploader__input", small)
    await expect(page.locator("[data-testid=spoken-by]")).to_contain_text("Từ tệp “vua.mp3”")
    assert little.uploaded == [500_003]


async def test_a_word_is_corrected_by_keyboard_and_the_voice_says_it(page: Page, little) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.click("[data-testid=write]")
    await page.fill("[data-testid=text]", "Họp ngày 25/11 tại UBND xã <b>&amp;")
    token = page.locator(".loa-read [data-i]", has_text="hai mươi lăm tháng mười một")
    await expect(token).to_have_attribute("aria-label", "25/11, đọc là: hai mươi lăm tháng mười một")
    await expect(page.locator(".loa-read b")).to_have_count(0)
    await token.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".loa-read [data-i]:focus")).to_have_text("ủy ban nhân dân")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await page.click("[data-testid=reading-other]:has-text('phần mười một')")
    await page.click("[data-testid=reading-for-bulletin]")
    corrected = page.locator(".loa-read .loa-r-own")
    await expect(corrected).to_have_text("hai mươi lăm phần mười một")
    await expect(corrected).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.fill("[data-testid=text]", "Họp ngày 25/11 tại UBND xã")
    await page.click("[data-testid=listen]")
    await expect(page.locator("[data-testid=spoken-by]")).to_be_visible()
    assert little.spoken == ["Họp ngày hai mươi lăm phần mười một tại ủy ban nhân dân xã"]
    await page.click(".loa-read", position={"x": 20, "y": 22})
    await expect(page.locator("[data-testid=reading-written]")).to_have_value("Họp")
