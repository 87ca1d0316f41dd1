"""What only a browser can show: nothing comes from elsewhere, ages tick, typed words outlive the page."""

import re
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from playwright.async_api import Page, expect

from audio.compact import compact
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound
from broadcast.domain.listening import Piece, SpokenLine
from broadcast.domain.schedule import Slot
from devices.vocabulary import ClipHash, Level
from tests.ui.little_browser import at_the_panel

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
expect.set_options(timeout=30_000)


@pytest.fixture
async def page(little, tmp_path: Path) -> AsyncIterator[Page]:
    async with at_the_panel(little, tmp_path) as here:
        yield here


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


async def test_a_lost_connection_says_so_and_comes_back_with_what_was_typed(page: Page, little) -> None:
    await page.goto("/bulletins/template/hop-dan")
    await page.fill("[data-testid=field-matter]", "mở rộng đường")
    await expect(page.locator("[data-testid=preview-text]")).to_contain_text("mở rộng đường")
    await page.evaluate("window.socket.io.engine.close()")  # as a cable does
    await page.evaluate("window.socket.disconnect()")
    await expect(page.locator("#popup")).to_be_visible()
    await expect(page.locator("#popup")).to_have_attribute("role", "alert")
    assert "Mất kết nối" in await page.locator("[data-testid=link-state] .loa-link-text").evaluate(
        "e => getComputedStyle(e, '::after').content"
    )
    await page.fill("[data-testid=field-place]", "nhà văn hóa ấp")
    await page.reload()  # what the page does once the server is back
    await expect(page.locator("[data-testid=field-place]")).to_have_value("nhà văn hóa ấp")
    await expect(page.locator("[data-testid=field-matter]")).to_have_value("mở rộng đường")
    await expect(page.locator("[data-testid=preview-text]")).to_contain_text("nhà văn hóa ấp")  # the server knows


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
    await page.set_input_files("[data-testid=upload]", large)
    await expect(page.locator("[data-testid=sound-error]")).to_contain_text("lớn hơn 1 MB")
    small = tmp_path / "vua.mp3"
    small.write_bytes(b"ID3" + bytes(500_000))
    await page.set_input_files("[data-testid=upload]", small)
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


HORN = """async () => {
  const { horn } = await import("/loa/horn.js");
  const loud = [];
  for (const hertz of [100, 1500, 12000]) {
    const context = new OfflineAudioContext(1, 48000, 48000);
    const tone = context.createOscillator();
    tone.frequency.value = hertz;
    const soft = context.createGain();
    soft.gain.value = 0.2;
    tone.connect(soft);
    horn(context, soft, context.destination);
    tone.start();
    const samples = (await context.startRendering()).getChannelData(0).slice(24000);
    loud.push(Math.max(...samples));
  }
  return loud;
}"""
"""How high a soft tone stands behind the horn: low, in the middle, high."""


@pytest.fixture
def twelve_seconds(tmp_path: Path) -> Path:
    """A hum, as a clip is."""
    samples = (8000 * np.sin(np.arange(12 * 48_000) / 20)).astype(np.int16)
    with wave.open(str(tmp_path / "hum.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(samples.tobytes())
    compact(tmp_path / "hum.wav", tmp_path / "hum.opus", lambda _: None, lambda: False)
    return tmp_path / "hum.opus"


async def test_a_sentence_is_heard_from_its_start_followed_with_the_eye_and_heard_as_through_a_horn(
    page: Page, little, twelve_seconds: Path
) -> None:
    words = (Piece("Mời", 1), Piece(" ", 0), Piece("họp", 1), Piece(". ", 0))
    little.lines[1] = (SpokenLine(2.0, 4.0, words), SpokenLine(5.0, 7.0, words), SpokenLine(7.5, 11.0, words))
    little.raws[1] = twelve_seconds
    await page.route("**/clips/*", lambda route: route.fulfill(path=twelve_seconds, content_type="audio/ogg"))
    await page.click("[data-testid=write]")
    await page.fill("[data-testid=text]", "Mời họp. Mời họp. Mời họp.")
    await page.click("[data-testid=listen]")
    await page.evaluate(
        "() => { window.filters = 0; const make = AudioContext.prototype.createBiquadFilter;"
        "AudioContext.prototype.createBiquadFilter = function () { window.filters += 1; return make.call(this); }; }"
    )
    await expect(page.locator("[data-testid=wave] path")).to_have_count(2)
    at = "() => document.querySelector('[data-testid=player]').currentTime"
    assert await page.evaluate(at) == 0
    await page.click("[data-testid=line-1]")
    await page.wait_for_function(f"({at})() > 5.05")
    assert await page.evaluate(at) < 11
    second = page.locator("[data-testid=line-1]")
    await expect(second).to_have_attribute("aria-current", "true")
    await expect(page.locator(".loa-now-word")).to_have_text("họp")
    assert await page.evaluate("window.filters") == 0
    await page.check("[data-testid=horn]")
    assert await page.evaluate("window.filters") == 12
    await expect(page.locator("[data-testid=line-2]")).to_have_attribute("aria-current", "true")
    await page.click("[data-testid=hear-before]")
    await page.wait_for_function("document.querySelector('[data-testid=player-before]').currentTime > 5.7")
    assert await page.evaluate("document.querySelector('[data-testid=player]').paused")
    low, middle, high = await page.evaluate(HORN)
    assert (low < 0.02, high < 0.05, 0.15 < middle < 0.6) == (True, True, True), (low, middle, high)
    await page.uncheck("[data-testid=horn]")
    await expect(page.locator(".loa-hear")).to_have_attribute("data-horn", "off")


async def _booked(little, hours: int) -> Slot:
    staff, sound = little.people["huyen"], Sound(ClipHash("a" * 64), 600.0, 9_000, "gtts", "vi")
    little.books[1] = Bulletin(
        1, "Tiêm <b>phòng</b>", "Kính thưa", Level.ROUTINE, BulletinState.DRAFT, Origin.TEXT, staff.id, staff.areas[0],
        sound, little.time(),
    )  # fmt: skip
    noon = little.time().astimezone(ZONE).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    slot: Slot = await little.place(staff, 1, staff.areas, noon + timedelta(hours=hours), "")
    return slot


async def test_a_slot_is_dragged_in_the_calendar_and_moves_only_when_that_is_pressed(page: Page, little) -> None:
    slot = await _booked(little, 0)
    await page.set_viewport_size({"width": 1280, "height": 1700})
    await page.goto("/calendar")
    await page.click(".fc-timeGridDay-button")
    await page.click(".fc-next-button")
    entry = page.locator(f"[data-testid=entry-{slot.id}]")
    await expect(entry).to_contain_text("Tiêm <b>phòng</b>")
    box, lower = (
        await entry.bounding_box(),
        await page.locator("[data-time='14:00:00'].fc-timegrid-slot-lane").bounding_box(),
    )
    assert box is not None
    assert lower is not None
    x = box["x"] + box["width"] / 2
    await page.mouse.move(x, box["y"] + 4)
    await page.mouse.down()
    await page.mouse.move(x, box["y"] + 40, steps=4)
    await page.mouse.move(x, lower["y"] + 4, steps=8)
    await page.mouse.up()
    hour = page.locator("[data-testid=move-hour]")
    await expect(hour).to_have_value(re.compile("14:[0-5]0|14:[0-5]5"))
    assert little.booked[slot.id].at == slot.at
    await expect(page.locator("[data-testid=compare]")).to_be_visible()
    await page.click("[data-testid=move-do]")
    await expect(entry).to_contain_text("14:")
    moved = little.booked[slot.id].at - slot.at
    assert timedelta(hours=2) <= moved < timedelta(hours=3)


async def test_a_thumb_stops_everything_and_opens_a_slot_in_the_calendar_on_a_phone(page: Page, little) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    home = little.horns["loa-1"].area
    await page.goto("/receivers")
    await page.click(f"[data-testid=stop-all-{home}]")
    await expect(page.locator(f"[data-testid=hold-{home}]")).to_contain_text("Đang dừng tất cả ở Xã Thạnh Đức")
    await page.click(f"[data-testid=release-{home}]")
    await expect(page.locator(f"[data-testid=hold-{home}]")).to_have_count(0)
    slot = await _booked(little, 1)
    for address in ("/calendar", "/next"):
        await page.goto(address)
        await page.wait_for_selector(".loa-heading")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.goto("/calendar")
    await page.click(".fc-next-button")
    await page.locator(f"[data-testid=entry-{slot.id}]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-testid=move-hour]")).to_have_value("13:00")


async def test_two_people_at_one_bulletin_see_each_other_and_lose_nothing(page: Page, little) -> None:
    little.people["truong"] = replace(little.people["huyen"], id=4, login="truong", name="Phạm Thị Trưởng")
    await page.click("[data-testid=write]")
    text = page.locator("[data-testid=text]")
    await text.press_sequentially("Kính mời")
    await expect(page.locator("[data-testid=save-state]")).to_contain_text("Đã lưu lúc")
    assert page.context.browser is not None
    other = await (await page.context.browser.new_context()).new_page()
    await other.goto(page.url)
    await other.fill("[data-testid=login]", "truong")
    await other.fill("[data-testid=password]", "mat-khau-thu")
    await other.press("[data-testid=password]", "Enter")
    await expect(page.locator("[data-testid=company]")).to_have_text("Phạm Thị Trưởng cũng đang mở bản tin này.")
    await expect(other.locator("[data-testid=company]")).to_have_text("Trần Văn Huyện cũng đang mở bản tin này.")

    await other.locator("[data-testid=text]").fill("Kính mời bà con & <b>họp</b>")
    await expect(text).to_have_value("Kính mời bà con & <b>họp</b>")
    await text.press("Control+z")
    await expect(text).to_have_value("Kính mời")
    await expect(other.locator("[data-testid=text]")).to_have_value("Kính mời")
    await text.press("Control+Shift+z")
    await expect(other.locator("[data-testid=text]")).to_have_value("Kính mời bà con & <b>họp</b>")

    little.books[1] = replace(little.books[1], text="Hoãn <i>họp</i>.")  # and no bell rings in time
    await text.fill("Kính mời bà con họp tối nay")
    await expect(page.locator("[data-testid=conflict]")).to_contain_text("Hoãn <i>họp</i>.")
    assert little.books[1].text == "Hoãn <i>họp</i>."
    await page.reload()
    await expect(page.locator("[data-testid=conflict]")).to_contain_text("Kính mời bà con họp tối nay")
    await expect(text).to_have_value("Kính mời bà con họp tối nay")
    await text.fill("Hoãn họp đến tối mai")
    await page.click("[data-testid=conflict-keep]")
    await expect(page.locator("[data-testid=save-state]")).to_contain_text("Đã lưu lúc")
    assert little.books[1].text == "Hoãn họp đến tối mai"

    little.books[1] = replace(little.books[1], text="Hoãn họp.")
    await text.fill("Không hoãn")
    await page.click("[data-testid=conflict-take]")
    await expect(text).to_have_value("Hoãn họp.")
    await page.reload()
    await expect(text).to_have_value("Hoãn họp.")
    await other.close()
    await expect(page.locator("[data-testid=company]")).to_be_hidden()
