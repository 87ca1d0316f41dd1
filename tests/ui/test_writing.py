"""Writing, hearing and placing a bulletin."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from nicegui.events import GenericEventArguments, handle_event
from nicegui.testing import User

from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import QuietHours

TEXT = "Kính thưa bà con, sáng mai trạm y tế xã tiêm phòng."


async def _new(user: User, enter, login: str = "huyen") -> None:
    await enter(login)
    user.find(marker="write").click()
    await user.should_see(marker="text", retries=30)


async def _until(holds) -> None:
    for _ in range(150):
        if holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come about")


async def _told(user: User, sentence: str) -> None:
    await user.should_see(sentence, retries=300)


async def test_an_empty_list_says_how_to_begin(user: User, enter) -> None:
    await enter("huyen")
    await user.should_see("Bấm “Soạn bản tin” để viết bản tin đầu tiên.")


async def test_what_is_typed_is_saved_by_itself_and_survives_a_reload(user: User, enter, little) -> None:
    await _new(user, enter)
    user.find(marker="text").type(TEXT)
    await _until(lambda: little.books[1].text == TEXT)
    await _told(user, "Đã lưu lúc")
    await user.open("/bulletins/1")
    await user.should_see(TEXT)


async def test_what_the_office_would_not_take_is_still_there_after_a_reload(user: User, enter, little) -> None:
    await _new(user, enter)
    little.refuse["save"] = Refusal("disk-full")
    user.find(marker="text").type(TEXT)
    await _told(user, "Máy chủ đã hết chỗ")
    await user.open("/bulletins/1")
    await user.should_see(TEXT)
    await user.should_see("Đã khôi phục")
    little.refuse.clear()
    await _until(lambda: little.books[1].text == TEXT)


async def test_words_the_browser_kept_come_back_and_are_saved(user: User, enter, little) -> None:
    await _new(user, enter)
    _emit(user, {"key": "2-1-text", "value": TEXT, "at": 9e15})
    await _until(lambda: little.books[1].text == TEXT)


async def test_older_words_of_this_browser_are_offered_not_forced(user: User, enter, little) -> None:
    await _new(user, enter)
    _emit(user, {"key": "2-1-text", "value": "cũ", "at": 1})
    await user.should_see(marker="older-draft", retries=30)
    assert little.books[1].text == ""


def _emit(user: User, args: dict[str, object]) -> None:
    assert user.client is not None
    with user.client:
        for listener in list(user.client.layout._event_listeners.values()):
            if listener.type == "loaDraft":
                handle_event(
                    listener.handler, GenericEventArguments(sender=user.client.layout, client=user.client, args=args)
                )


async def test_listening_tells_who_spoke_and_offers_the_sound(user: User, enter, little) -> None:
    await _new(user, enter)
    user.find(marker="text").type(TEXT)
    user.find(marker="listen").click()
    await _told(user, "Giọng đọc: Google (nữ miền Bắc)")
    await user.should_see(marker="player")
    assert little.books[1].sound is not None


async def test_when_the_internet_voice_is_silent_the_page_says_so_and_offers_to_try_again(
    user: User, enter, little
) -> None:
    little.fell_back = "gtts: timeout"
    await _new(user, enter)
    user.find(marker="text").type(TEXT)
    user.find(marker="listen").click()
    await _told(user, "nên eSpeak NG đã đọc thay")
    await user.should_see("Lý do: Google: không trả lời kịp.", retries=100)
    little.fell_back = ""
    user.find(marker="try-again").click()
    await _told(user, "Giọng đọc: Google (nữ miền Bắc)")


async def test_a_refusal_to_speak_is_shown_in_its_place(user: User, enter) -> None:
    await _new(user, enter)
    user.find(marker="listen").click()
    await _told(user, "Chưa có nội dung để đọc.")


async def test_a_long_action_goes_on_when_the_page_is_loaded_again(user: User, enter, little) -> None:
    little.speech_s = 1.0
    await _new(user, enter)
    user.find(marker="text").type(TEXT)
    user.find(marker="listen").click()
    await _until(lambda: little.books[1].text == TEXT)
    await user.open("/bulletins/1")
    await _told(user, "Giọng đọc: Google (nữ miền Bắc)")


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("restarts", "chia bản tin thành nhiều phần"),
        ("failed", "chưa đọc xong được"),
        ("upload", "tải tệp lên lần nữa"),
    ],
)
async def test_what_a_restart_of_the_server_cost_is_told(user: User, enter, little, why, sentence) -> None:
    await _new(user, enter)
    little.left[1] = why
    await user.open("/bulletins/1")
    await user.should_see(sentence, retries=100)


async def test_a_stopped_wait_leaves_no_sound_and_no_error(user: User, enter, little) -> None:
    little.speech_s = 30.0
    await _new(user, enter)
    user.find(marker="text").type(TEXT)
    user.find(marker="listen").click()
    await user.should_see(marker="stop-waiting", retries=100)
    user.find(marker="stop-waiting").click()
    await user.should_not_see(marker="stop-waiting", retries=100)
    assert little.books[1].sound is None


async def _send(user: User, little, name: str, content: bytes) -> None:
    async def pieces():
        yield content

    sound, actor = little.sound(), little.people["huyen"]
    made = await sound.begin(actor, 1, name, len(content))
    await sound.take(actor, made.key, 0, pieces())
    user.find(marker="sending").trigger("whole")


async def test_a_file_becomes_the_sound_and_can_be_dropped_again(user: User, enter, little) -> None:
    await _new(user, enter)
    await _send(user, little, "loa.mp3", b"ID3 sound")
    await _told(user, "Từ tệp “loa.mp3”")
    assert little.uploaded == [9]
    user.find(marker="drop-upload").click()
    await user.should_not_see("Từ tệp “loa.mp3”", retries=100)
    assert little.books[1].sound is None


async def test_a_file_that_came_whole_unseen_is_taken_in_by_the_next_page(user: User, enter, little) -> None:
    await _new(user, enter)
    little.refuse["upload"] = Refusal("disk-full")
    await _send(user, little, "loa.mp3", b"ID3 sound")
    await _told(user, "Máy chủ đã hết chỗ")
    little.refuse.clear()
    await user.open("/bulletins/1")
    await _told(user, "Từ tệp “loa.mp3”")
    assert (little.uploaded, little.come) == ([9], {})


async def test_a_file_that_is_no_sound_is_refused_in_words(user: User, enter, little) -> None:
    await _new(user, enter)
    await _send(user, little, "bai.mp3", b"PK\x03\x04")
    await _told(user, "Tệp “bai.mp3” không phải là âm thanh")
    user.find(marker="sending").trigger("refused", {"code": "upload-empty", "name": "rong.mp3"})
    await _told(user, "rỗng (0 byte)")
    assert little.books[1].sound is None


async def test_what_will_sound_where_is_said_before_it_is_placed(user: User, enter, little) -> None:
    await _ready_to_place(user, enter)
    await _told(user, "Chọn địa bàn để xem")
    user.find(marker="area-tree").trigger("update:ticked", _communes(little))
    await _told(user, "Đã chọn 3 địa bàn, tới 3 cụm loa")
    await _told(user, "3 cụm loa sẽ phát")
    await _told(user, "1 cụm loa đang mất kết nối")
    user.find(marker="place").click()
    await user.should_see(marker="delivery-loa-1", retries=100)
    assert len(little.booked) == 1


async def test_a_past_hour_and_an_hour_that_is_none_are_refused_in_words(user: User, enter, little) -> None:
    await _ready_to_place(user, enter)
    user.find(marker="area-tree").trigger("update:ticked", _communes(little))
    _set(user, "when", "later")
    _set(user, "day", "01/01/2020")
    await _told(user, "đã qua. Hãy chọn giờ sau")
    _set(user, "day", "99/99/2020")
    await _told(user, "Ngày hoặc giờ chưa đúng")
    user.find(marker="place").click()
    await asyncio.sleep(0.3)
    assert not little.booked


async def test_the_quiet_hours_ask_for_the_hour_to_be_typed(user: User, enter, little) -> None:
    little.quiet = QuietHours(time(3), time(4))
    await _ready_to_place(user, enter)
    user.find(marker="area-tree").trigger("update:ticked", _communes(little))
    await user.should_not_see(marker="quiet-confirm")
    _set(user, "when", "later")
    _set(user, "hour", "03:15")
    _set(user, "day", _tomorrow())
    await _told(user, "gõ “03:15 3 địa bàn” vào ô dưới")
    await _told(user, "Rơi vào giờ yên tĩnh")
    user.find(marker="place").click()
    await _told(user, "vượt quy định của nơi phát")
    user.find(marker="quiet-confirm").type("03:15 3 địa bàn")
    user.find(marker="pass-reason").type("Lũ đang về")
    user.find(marker="place").click()
    await user.should_see(marker="delivery-loa-1", retries=100)


async def test_a_title_with_markup_is_shown_as_it_was_written(user: User, enter, little) -> None:
    await _new(user, enter)
    title = "<script>alert(1)</script>"
    _set(user, "title", title)
    await _until(lambda: little.books[1].title == title)
    await user.open("/")
    await user.should_see(title)
    assert user.client is not None
    page = (await user.http_client.get("/")).text
    assert "<script>alert" not in page


async def _ready_to_place(user: User, enter) -> None:
    await _new(user, enter)
    user.find(marker="text").type(TEXT)
    user.find(marker="listen").click()
    await _told(user, "Giọng đọc")


def _communes(little) -> list[str]:
    return [r.area for r in little.horns.values()]


def _set(user: User, marker: str, value: str) -> None:
    (field,) = user.find(marker=marker).elements
    field.set_value(value)  # type: ignore[attr-defined]  # every marked field has a value


def _tomorrow() -> str:
    return f"{datetime.now(UTC).astimezone(ZoneInfo('Asia/Ho_Chi_Minh')) + timedelta(days=1):%d/%m/%Y}"
