"""Who reads, and how long it will be: told and chosen while one writes."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from nicegui import ui
from nicegui.testing import User

from broadcast.domain.bulletins import Origin, Sound
from broadcast.domain.listening import Piece, SpokenLine
from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import VoiceChoice
from broadcast.wording import table
from devices.vocabulary import ClipHash

TEXT = "Kính thưa bà con, sáng mai trạm y tế xã tiêm phòng."


def test_every_sentence_is_written_in_both_languages_and_said_somewhere() -> None:
    source = "".join(file.read_text("utf-8") for file in (Path(__file__).parents[2] / "ui").glob("*.py"))
    written = {key.removeprefix("listening."): both for key, both in table().items() if key.startswith("listening.")}
    said = {
        key
        for call in re.findall(r"\bphrase\(([^)]*)", source)
        for key in re.findall(r'"([a-z-]+)"', call.split(",")[0])
    }
    assert said == set(written)
    for vietnamese, english in written.values():
        assert set(re.findall(r"{(\w+)", vietnamese)) == set(re.findall(r"{(\w+)", english)) != {""}


async def _new(user: User, enter) -> None:
    await enter("huyen")
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


def _set(user: User, marker: str, value: object) -> None:
    (field,) = user.find(marker=marker).elements
    field.set_value(value)  # type: ignore[attr-defined]  # every marked field has a value


def _options(user: User, marker: str) -> list[str]:
    (field,) = user.find(kind=ui.select, marker=marker).elements
    return list(field.options.values())  # type: ignore[union-attr]  # they are made of a dict


async def test_the_length_is_told_while_one_types_and_said_to_be_a_guess_until_the_voice_was_heard(
    user: User, enter
) -> None:
    await _new(user, enter)
    await _told(user, "Chưa có nội dung để tính thời lượng")
    user.find(marker="text").type(TEXT)
    await _told(user, "Khi phát dài khoảng 4 giây (12 tiếng, giọng Google (nữ miền Bắc))")
    await user.should_see(marker="length-assumed")
    _set(user, "voice-choice", "espeak|vi-vn-x-south")
    await _told(user, "giọng eSpeak NG (giọng máy, miền Nam)")
    await user.should_not_see(marker="length-assumed", retries=30)


async def test_what_is_left_of_a_slot_is_told_and_remembered(user: User, enter, little) -> None:
    await _new(user, enter)
    _set(user, "text", "tiếng " * 1700)
    _set(user, "frame", 15)
    await _told(user, "Còn 5 phút 33 giây trong khung 15 phút")
    _set(user, "frame", 5)
    await _told(user, "Dài hơn khung 5 phút khoảng 4 phút 27 giây")
    await _until(lambda: little.books[1].text)
    await user.open("/bulletins/1")
    await _told(user, "Dài hơn khung 5 phút")


async def test_words_that_nobody_says_in_one_breath_are_pointed_out_with_what_to_mend(user: User, enter) -> None:
    await _new(user, enter)
    user.find(marker="text").type("Mời họp. Bà con ấp Bến Rộng và ấp Bến Đình " + "cùng nhau ra nhà văn hóa " * 5)
    await _told(user, "“Bà con ấp Bến Rộng và ấp … nhà văn hóa”: 39 tiếng liền không có chỗ nghỉ (nên dưới 30)")
    await user.should_see("Hãy thêm dấu phẩy")
    _set(user, "text", TEXT)
    await user.should_not_see(marker="breathless-one", retries=100)


async def test_who_is_chosen_speaks_and_is_chosen_still_at_the_next_visit(user: User, enter, little) -> None:
    await _new(user, enter)
    assert _options(user, "voice-choice") == [
        "Như thường lệ: Google (nữ miền Bắc)",
        "Google (nữ miền Bắc)",
        "eSpeak NG (giọng máy, miền Nam)",
        "eSpeak NG (giọng máy, miền Bắc)",
    ]
    user.find(marker="text").type(TEXT)
    _set(user, "voice-choice", "espeak|vi")
    _set(user, "rate-choice", 0.9)
    choice = VoiceChoice("espeak", "vi", 0.9)
    await _until(lambda: little.books[1].choice == choice)
    user.find(marker="listen").click()
    await user.should_see(marker="player", retries=100)
    assert little.choice == choice
    await user.open("/bulletins/1")
    (voice,) = user.find(marker="voice-choice").elements
    (rate,) = user.find(marker="rate-choice").elements
    assert (voice.value, rate.value) == ("espeak|vi", 0.9)  # type: ignore[attr-defined]  # both are lists


async def test_a_voice_that_is_gone_falls_back_to_the_usual_one_and_says_so(user: User, enter, little) -> None:
    await _new(user, enter)
    little._book(1, choice=VoiceChoice("piper", "nu", 0.85))
    await user.open("/bulletins/1")
    await user.should_see(marker="voice-gone")
    (voice,) = user.find(marker="voice-choice").elements
    (rate,) = user.find(marker="rate-choice").elements
    assert (voice.value, rate.value) == ("|", 0.85)  # type: ignore[attr-defined]  # both are lists


async def test_a_choice_that_is_refused_is_told_in_its_place(user: User, enter, little) -> None:
    await _new(user, enter)
    little.refuse["choose"] = Refusal("no-such-voice")
    _set(user, "voice-choice", "espeak|vi")
    await _told(user, "Giọng đọc này không còn trong cài đặt")


async def test_a_voice_that_is_marked_and_not_there_is_told_of_until_another_is_chosen(
    user: User, enter, little
) -> None:
    await _new(user, enter)
    user.find(marker="text").type("[Nữ] Kính thưa bà con. [nghỉ]\n[Nam] Xin mời.")
    await user.should_see("không có giọng nam", retries=100)
    await user.should_see("[nghỉ]", retries=100)
    little._book(1, choice=VoiceChoice("espeak"))
    await user.open("/bulletins/1")
    await user.should_see("2 giây", retries=100)
    await user.should_not_see("không có giọng nam", retries=50)


async def test_nobody_is_chosen_to_read_an_upload(user: User, enter, little) -> None:
    await _new(user, enter)
    little._book(1, origin=Origin.UPLOAD, upload_name="hop.mp3")
    await user.open("/bulletins/1")
    await user.should_not_see(marker="voice-choice")


async def test_loudness_before_and_after_is_told(user: User, enter, little) -> None:
    await _new(user, enter)
    loud = Sound(ClipHash("a" * 64), 9.0, 9_000, "espeak", "vi", "", -31.26, -16.04, -1.62)
    little._book(1, sound=loud)
    await user.open("/bulletins/1")
    await _told(user, "Độ to: −31,3 LUFS → −16,0 LUFS, đỉnh −1,6 dBTP")
    await user.should_not_see(marker="masked")
    little._book(1, sound=replace(loud, before_lufs=None, masked=True))
    await user.open("/bulletins/1")
    await _told(user, "Độ to: −16,0 LUFS, đỉnh −1,6 dBTP")
    await user.should_see("Hãy giảm nhạc nền")


async def test_the_page_of_a_sound_knows_both_its_states_and_its_sentences(user: User, enter, little, tmp_path) -> None:
    await _new(user, enter)
    little.raws[1] = tmp_path / "raw.opus"
    little.lines[1] = (SpokenLine(2.0, 4.0, (Piece("Mời", 1), Piece(" họp", 1))),)
    little._book(1, sound=Sound(ClipHash("a" * 64), 9.0, 9_000, "espeak", "vi"))
    await user.open("/bulletins/1")
    await user.should_see(marker="player", retries=50)
    (player,) = user.find(marker="player").elements
    assert player.props["after"] == f"/clips/{'a' * 64}"
    assert player.props["before"].startswith("/bulletins/1/before?")
    assert player.props["lines"] == [[2.0, 4.0, [["Mời", 1], [" họp", 1]]]]


async def test_what_came_in_is_served_to_those_alone_who_may_see_the_bulletin(
    user: User, enter, little, tmp_path
) -> None:
    little.books[1] = await little.draft(little.people["huyen"], "Mời họp", TEXT)
    little._book(1, sound=Sound(ClipHash("a" * 64), 9.0, 9_000))
    little.raws[1] = tmp_path / "raw.opus"
    little.raws[1].write_bytes(b"OggS and more")
    paths = ("/bulletins/1/before", "/bulletins/1/outline")
    assert [(await user.http_client.get(path)).status_code for path in paths] == [401, 401]
    await enter("xa")
    little.people["xa"] = replace(little.people["xa"], grants=held(Role.ADMINISTRATOR, *little.people["xa"].areas))
    assert [(await user.http_client.get(path)).status_code for path in paths] == [403, 403]
    little.people["xa"] = replace(little.people["xa"], grants=held(Role.APPROVER, *little.people["xa"].areas))
    part = await user.http_client.get("/bulletins/1/before", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"OggS")
    assert part.headers["cache-control"] == "private, no-cache"
    assert (await user.http_client.get("/bulletins/1/outline")).json()["before"] == [0.05, 0.2, 0.1]
    del little.people["xa"]
    assert [(await user.http_client.get(path)).status_code for path in paths] == [401, 401]


async def test_a_sound_of_which_nothing_else_was_kept_has_neither(user: User, enter, little) -> None:
    await _new(user, enter)
    paths = ("/bulletins/1/before", "/bulletins/1/outline", "/bulletins/9/outline")
    little._book(1, sound=Sound(ClipHash("a" * 64), 9.0, 9_000))
    assert [(await user.http_client.get(path)).status_code for path in paths] == [404, 404, 404]
