"""The walk of a newcomer, in a real Chromium, step by step on one running demonstration."""

import csv
import io
import json
import re
import time
import urllib.request
import wave
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from playwright.sync_api import expect

from audio.likeness import likeness
from tests.system.persons import SIZES, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE = "Lịch tiêm chủng <b>tháng mười một</b>"
TEXT = "Trạm y tế xã Thạnh Đức thông báo lịch tiêm chủng cho trẻ em vào sáng thứ bảy."
WORDS = "Nước lũ đang lên nhanh. Bà con ven rạch di dời ngay."


@pytest.fixture(scope="module")
def staff(browser, demo):
    return Person(browser, demo, "canbo")


def test_wrong_passwords_are_told_apart_from_nothing_and_slowed_down(browser, demo):
    page = browser.new_context(locale="vi-VN").new_page()
    page.goto(demo.url + "/slots")
    page.get_by_test_id("login").fill("nobody")
    told = page.get_by_test_id("login-error")
    for _ in range(40):  # a press while the last one is looked at is none
        page.get_by_test_id("password").fill("wrong password")
        page.get_by_test_id("log-in").click()
        told.get_by_text("thử").wait_for()
        page.wait_for_timeout(300)
        if "quá nhiều lần" in told.inner_text():
            break
    expect(told).to_contain_text("Đã thử sai quá nhiều lần")
    expect(told).to_contain_text("giây")


def test_a_bulletin_is_written_heard_and_survives_a_reload(staff):
    staff.find("write").click()
    staff.find("title").fill(TITLE)
    staff.find("text").fill(TEXT)
    expect(staff.find("save-state")).to_contain_text("Đã lưu")
    staff.page.reload()
    expect(staff.find("title")).to_have_value(TITLE)
    expect(staff.find("text")).to_have_value(TEXT)
    staff.find("listen").click()
    staff.find("player").wait_for()
    told = staff.find("sound-result").inner_text()
    assert "gTTS" in told or "eSpeak NG" in told
    if "eSpeak NG" in told:
        expect(staff.find("fell-back")).to_contain_text("Thử lại")
    length = staff.find("player").evaluate(
        "p => new Promise(r => p.duration ? r(p.duration) : p.addEventListener('loadedmetadata', () => r(p.duration)))"
    )
    assert 3 < length < 60
    if "eSpeak NG" in told:
        expect(staff.find("length")).to_contain_text("eSpeak NG")
        (foretold,) = map(float, re.findall(r"(\d+) giây", staff.find("length").inner_text()))
        assert foretold == pytest.approx(length, rel=0.1, abs=0.5)
    staff.find("line-0").click()
    staff.page.wait_for_function("document.querySelector('[data-testid=player]').currentTime > 2.2")
    expect(staff.find("line-0")).to_have_attribute("aria-current", "true")
    staff.find("hear-before").click()
    expect(staff.find("player-before")).to_be_visible()
    staff.page.wait_for_function("document.querySelector('[data-testid=player-before]').currentTime > 0.3")


def test_where_and_when_it_will_sound_is_said_before_it_is_placed(staff):
    staff.tick("Xã Thạnh Đức", "thanh duc")
    preview = staff.find("preview")
    expect(preview).to_contain_text("Xã Thạnh Đức")
    expect(preview).to_contain_text("3 cụm loa")
    staff.find("place").click()
    staff.page.wait_for_url("**/slots/*")


def test_every_receivers_way_is_seen_until_it_has_played(staff, demo, until):
    for n in (1, 2, 3):
        card = staff.find(f"delivery-loa-{n}")
        expect(card).to_contain_text("đã phát", timeout=60_000)
        expect(card).to_contain_text("ms")
        expect(card).to_contain_text("lệch")
        expect(card).to_contain_text("giây trước")
    clip = next(p for p in demo.data.glob("clips/*/*.opus"))
    assert len(demo.wavs()) == 3
    for wav in demo.wavs():
        heard = likeness(clip, wav)
        assert heard.peak > 0.9
        assert heard.share > 0.97


def test_a_title_with_markup_is_shown_as_it_was_typed(staff):
    assert staff.page.locator("h1, .loa-title, main").first.inner_text().find("<b>tháng mười một</b>") >= 0


def test_the_panel_needs_no_other_server(staff, demo):
    ours = (demo.url, "ws://127.0.0.1", "data:", "blob:")
    assert not [address for address in staff.asked if not address.startswith(ours)]


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mp3", "libmp3lame"), ("wav", "pcm_s16le"), ("m4a", "aac"), ("opus", "libopus")]
)
def test_a_recording_is_uploaded_in_place_of_a_text(staff, tmp_path, suffix, codec):
    file = recording(tmp_path / f"thu-am.{suffix}", codec)
    staff.go("/")
    staff.find("write").click()
    staff.find("title").fill(f"Bản thu {suffix}")
    staff.page.set_input_files("[data-testid=upload]", file)
    staff.find("player").wait_for()
    expect(staff.find("sound-result")).to_contain_text(file.name)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("nhac.mp3", b"PK\x03\x04" + bytes(5000), "không phải là âm thanh"), ("trong.wav", b"", "rỗng")],
)
def test_a_file_that_is_no_sound_is_refused_and_changes_nothing(staff, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    staff.go("/")
    staff.find("write").click()
    staff.find("title").fill("Tệp hỏng")
    staff.page.set_input_files("[data-testid=upload]", tmp_path / name)
    expect(staff.find("sound-error")).to_contain_text(told)
    expect(staff.find("title")).to_have_value("Tệp hỏng")
    assert staff.find("player").count() == 0


def test_what_is_handed_in_opens_for_approval_when_another_has_heard_all_of_it(staff, browser, demo):
    staff.go("/")
    staff.find("find").fill("ban thu opus")
    staff.page.get_by_text("Bản thu opus").click()
    staff.find("submit").click()
    expect(staff.find("state")).to_contain_text("Chờ duyệt")
    other = Person(browser, demo, "tinh")
    other.find("nav-approvals").click()
    other.page.get_by_text("Bản thu opus").click()
    player, approve = other.find("deciding-player"), other.find("approve")
    expect(approve).to_be_disabled()
    other.page.wait_for_function("p => p.readyState >= 1", arg=player.element_handle())  # before, it has no length
    player.evaluate("p => { p.currentTime = p.duration - 0.3; return p.play(); }")
    expect(other.find("hearing")).to_contain_text("Mới nghe được")
    expect(approve).to_be_disabled()
    player.evaluate("p => { p.currentTime = 0; return p.play(); }")
    expect(approve).to_be_enabled()
    approve.click()
    expect(other.find("state")).to_contain_text("Đã duyệt")
    expect(staff.find("state")).to_contain_text("Đã duyệt")
    other.context.close()


def recording(path: Path, codec: str) -> Path:
    """Two seconds of a tone, as a person's recorder would write them."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, AudioStream)
        samples = (8000 * np.sin(2 * np.pi * 440 * np.arange(96_000) / 48_000)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(
            format=stream.format.name, layout="mono", rate=48_000, frame_size=stream.frame_size or 960
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def test_an_operator_sees_the_receivers_of_their_commune_alone_and_raises_no_alarm(browser, demo):
    operator = Person(browser, demo, "xa", "390")
    operator.go("/receivers")
    for n in (1, 2, 3):
        operator.find(f"receiver-loa-{n}").wait_for()
    width = operator.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "the page is wider than the phone"
    assert operator.page.locator("[data-testid^=receiver-loa-]").count() == 3
    operator.go("/")
    operator.find("write").wait_for()
    assert operator.find("nav-approvals").is_hidden()
    operator.page.goto(demo.url + "/alarm")
    assert operator.find("alarm-raise").count() == 0


def test_server_and_broker_are_killed_and_the_next_bulletin_sounds_on_time(staff, demo, until):
    before = len(demo.wavs())
    at = datetime.now(ZONE) + timedelta(seconds=75)
    at = at.replace(second=0, microsecond=0) + timedelta(minutes=0 if at.second < 30 else 1)
    staff.go("/bulletins/1")
    staff.tick("Xã Thạnh Đức", "thạnh đức")
    staff.find("when").get_by_text("Chọn giờ").click()
    staff.find("day").fill(f"{at:%d/%m/%Y}")
    staff.find("hour").fill(f"{at:%H:%M}")
    expect(staff.find("preview")).to_contain_text(f"{at:%H:%M}")
    staff.find("place").click()
    staff.page.wait_for_url("**/slots/*")
    for n in (1, 2, 3):
        expect(staff.find(f"delivery-loa-{n}")).to_contain_text("sẵn sàng")
    demo.kill()
    until(lambda: len(demo.wavs()) == before + 3, "the airing with nobody there", limit=150)
    for wav in demo.wavs()[-3:]:
        began = datetime.strptime(wav.name[:22], "%Y%m%dT%H%M%S.%f").replace(tzinfo=ZoneInfo("UTC"))
        assert abs((began - at).total_seconds()) < 1.0
    demo.run()
    assert "vẫn đang chạy" in demo.output.read_text()


def test_what_was_played_meanwhile_appears_once(browser, demo):
    staff = Person(browser, demo, "canbo")
    staff.go("/log")
    expect(staff.find("log-table").get_by_text("đã phát")).to_have_count(6, timeout=60_000)


def test_an_alarm_breaks_in_with_siren_and_words_and_is_stopped(browser, demo, until):
    province = Person(browser, demo, "tinh")
    before = set(demo.wavs())
    province.go("/alarm")
    province.tick("Xã Thạnh Đức", "thanh duc")
    province.find("siren-wail").click()
    province.find("alarm-words").fill(WORDS)
    province.find("alarm-confirm").fill("khan cap")
    province.find("alarm-raise").click()
    expect(province.find("alarm-error")).to_contain_text("KHẨN CẤP")
    expect(province.find("alarm-words")).to_have_value(WORDS)
    province.find("alarm-confirm").fill("KHẨN CẤP")
    province.find("alarm-raise").click()
    expect(province.find("alarm-banner")).to_be_visible()
    until(lambda: sum("-siren" in w.name for w in set(demo.wavs()) - before) == 3, "three sirens")
    until(lambda: sum("-words" in w.name for w in set(demo.wavs()) - before) == 3, "the words at three horns")
    province.find("alarm-end").first.click()
    expect(province.find("alarm-banner")).to_be_hidden()
    until(lambda: _stand_still(demo), "silence")


def _stand_still(demo) -> bool:
    sizes = [w.stat().st_size for w in demo.wavs()]
    time.sleep(0.5)  # files that grow at the pace of sound: only time tells
    return sizes == [w.stat().st_size for w in demo.wavs()]


def test_the_log_book_is_downloaded_as_a_table(browser, demo):
    staff = Person(browser, demo, "canbo")
    staff.go("/log")
    with staff.page.expect_download() as download:
        staff.find("csv").click()
    raw = Path(download.value.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 1 + 6 + 3
    assert any(TITLE in cell for cell in rows[-1])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(SIZES))
def test_every_page_is_looked_at(browser, demo, width, scheme):
    person = Person(browser, demo, "tinh", width, scheme)
    for name, path in {
        "bulletins": "/",
        "editor": "/bulletins/1",
        "slots": "/slots",
        "slot": "/slots/1",
        "receivers": "/receivers",
        "alarm": "/alarm",
        "log": "/log",
        "trail": "/trail",
        "people": "/people",
        "person-new": "/people/new",
        "person": "/people/1",
        "me": "/me",
    }.items():
        person.look(name, path)
    person.context.close()


def test_health_and_figures_answer(demo):
    with urllib.request.urlopen(demo.url + "/healthz") as answer:
        assert json.load(answer)["well"] is True
    with urllib.request.urlopen(demo.url + "/metrics") as answer:
        assert b'loalang_receivers{presence="online"} 3.0' in answer.read()


def test_ctrl_c_stops_everything_in_reverse_order_and_nothing_stays(demo):
    printed = demo.stop()
    tail = printed[printed.index("Đang dừng") :]
    order = [tail.index(word) for word in ("Cụm loa 3", "Cụm loa 2", "Cụm loa 1", "Đã dừng hết")]
    assert order == sorted(order)
    assert demo.family() == []
    assert demo.process.returncode == 0
    for wav in demo.wavs():
        with wave.open(str(wav)) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (48_000, 1, 2)
    assert oct((demo.data / "logins.json").stat().st_mode)[-3:] == "600"
