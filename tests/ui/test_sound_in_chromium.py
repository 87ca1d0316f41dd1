"""Sound on its way from a real browser: the line breaks, the page is loaded again, the microphone is real enough."""

import asyncio
import math
import re
import struct
import wave
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from audio.intake import inspect
from broadcast.domain.refusals import Refusal
from tests.ui.little_browser import at_the_panel

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
MB = 1024 * 1024
SECONDS = re.compile(r"^0:(0[2-9]|[1-5]\d) /")
"""At least two: a clock is looked at now and then."""


def _phase(page: Page, phase: str):
    return expect(page.locator("[data-testid=sending]")).to_have_attribute("data-phase", phase)


async def _new(page: Page) -> None:
    await page.click("[data-testid=write]")
    await _phase(page, "idle")


async def test_a_file_goes_on_after_a_line_that_broke_and_a_page_that_was_closed(little, tmp_path: Path) -> None:
    file, little.limit_mb = tmp_path / "họp dân.mp3", 20
    content = b"ID3" + b"".join(struct.pack("<I", n) for n in range(10 * MB // 4))
    file.write_bytes(content)
    async with at_the_panel(little, tmp_path) as page:
        await _new(page)
        little.hangs_at = 3 * MB
        await page.set_input_files("[data-testid=upload]", file)
        await little.hung.wait()
        other = await page.context.new_page()  # a second tab does not send too
        await other.goto(page.url)
        await _phase(other, "elsewhere")
        await other.close()
        await page.context.set_offline(True)
        await _phase(page, "waiting")
        little.freed.set()
        await expect(page.locator("[data-testid=sending-state]")).to_contain_text("tự gửi tiếp")
        (before,) = (len(come) for come in little.come.values())
        assert 3 * MB < before <= 4 * MB  # the piece of 2 MB may have been in the buffers of the line already
        await expect(page.locator("[data-testid=sending-figures]")).to_contain_text("/ 10,0 MB")
        little.freed.clear()
        little.hung.clear()
        await page.context.set_offline(False)
        await little.hung.wait()
        assert [len(come) > before for come in little.come.values()] == [True]  # it went on, and did not begin anew
        little.freed.set()
        little.refuse["upload"] = Refusal("disk-full")
        await page.reload()  # the browser has the file: nobody is asked for it again
        await _phase(page, "held")
        (come,) = little.come.values()
        assert sha256(come).digest() == sha256(content).digest()
        little.refuse.clear()
        await page.click("[data-testid=send-use]")
        await expect(page.locator("[data-testid=spoken-by]")).to_contain_text("Từ tệp “họp dân.mp3”")
        await _phase(page, "idle")
        assert little.uploaded == [len(content)]
        await page.reload()
        await _phase(page, "idle")
        assert await page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('loa-sound:'))") == []
        little.hangs_at, little.hung, little.freed = MB, asyncio.Event(), asyncio.Event()
        await page.set_input_files("[data-testid=upload]", file)
        await little.hung.wait()
        async with page.expect_response(lambda answer: answer.request.method == "DELETE"):
            await page.click("[data-testid=send-abort]")
        await _phase(page, "idle")
        little.freed.set()
        assert not little.come
    assert little.uploaded == [len(content)]


async def test_a_recording_is_paused_outlives_the_page_and_becomes_the_sound(little, tmp_path: Path) -> None:
    voice = tmp_path / "voice.wav"
    with wave.open(str(voice), "wb") as sound:
        sound.setparams((1, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", round(9000 * math.sin(i / 20))) for i in range(96_000)))
    arguments = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={voice}",
    )
    async with at_the_panel(little, tmp_path, *arguments) as page:
        await _new(page)
        clock, level = page.locator("[data-testid=record-clock]"), page.locator("[data-testid=record-level]")
        await page.click("[data-testid=record]")
        await expect(clock).to_have_text(SECONDS)
        await expect(level).to_have_attribute("aria-valuetext", "Mức tiếng tốt.")
        await page.click("[data-testid=record-pause]")
        await expect(page.locator("[data-testid=record-state]")).to_have_text("Tạm dừng thu")
        held = await clock.inner_text()
        await page.click("[data-testid=record-resume]")
        await expect(clock).not_to_have_text(held)
        await expect(clock).to_have_text(re.compile(r"^0:(0[4-9]|[1-5]\d) /"))
        await page.reload()  # in the middle of it
        await expect(page.locator("[data-testid=recorder]")).to_contain_text("Bản thu từ lần trước vẫn còn")
        await page.evaluate("document.querySelector('[data-testid=record-player]').play()")
        await page.wait_for_function("document.querySelector('[data-testid=record-player]').currentTime > 0.1")
        await page.click("[data-testid=record-use]")
        await expect(page.locator("[data-testid=spoken-by]")).to_contain_text("Từ tệp “Thu âm ")
        await _phase(page, "idle")
        await page.reload()
        await expect(page.locator("[data-testid=recorder]")).to_have_attribute("data-phase", "idle")
        await page.click("[data-testid=record]")
        await expect(clock).to_have_text(SECONDS)
        await page.click("[data-testid=record-stop]")
        little.refuse["upload"] = Refusal("disk-full")
        await page.click("[data-testid=record-use]")
        await _phase(page, "held")
        (come,) = little.come.values()
        (tmp_path / "come.webm").write_bytes(come)
        found = inspect(tmp_path / "come.webm", "thu", 5, lambda _: None, lambda: False)
        assert (found.container, found.codec) == ("matroska", "opus")
        assert found.seconds > 1
        assert found.loudest_db > -30
