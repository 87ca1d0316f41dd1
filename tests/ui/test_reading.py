"""How a text will be read: the pane beside it, its dialog, and the lexicon of an area."""

import asyncio
import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from nicegui import ui
from nicegui.events import GenericEventArguments, handle_event
from nicegui.testing import User

from audio.marked import explain
from audio.reading import LegacyEncoding
from audio.reading.legacy import modern
from broadcast.domain.refusals import Refusal
from broadcast.view_types import ReadingToken, ReadingView
from broadcast.wording import table
from devices.vocabulary import AreaId

TEXT = "Ngày 25/11, UBND & 5-11 tuổi."


def view_of(text: str) -> ReadingView:
    shown = modern(text)
    tokens = (ReadingToken(t.start, t.end, t.kind, t.rule, t.words, t.others, None) for t in explain(text))
    return ReadingView(shown, tuple(tokens), AreaId("x"), "X", for_area=True)


class _Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag, _):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


def test_marks_are_shown_apart_and_what_is_none_is_struck_out() -> None:
    from ui.reading_pane import as_html  # noqa: PLC0415 - the simulation gives every test new modules

    shown = as_html(view_of("[Nữ] Ngày 25/11. [nghỉ 2 giây] [<xyz>]"), 1)
    assert re.findall(r'class="loa-mark"[^>]*>([^<]*)<', shown) == ["[Nữ]", "[nghỉ 2 giây]"]
    assert re.findall(r"<s [^>]*>([^<]*)</s>", shown) == ["[&lt;xyz&gt;]"]
    assert len(re.findall(r"data-i=", shown)) == 1


@given(st.text("aâ<>&\"' 0123/-.,:()[]ABCT\n²€→", max_size=60) | st.text(max_size=60))
def test_any_text_is_shown_escaped_with_all_its_words(text):
    from ui.reading_pane import as_html, differs  # noqa: PLC0415 - the simulation gives every test new modules

    try:
        view = view_of(text)
    except LegacyEncoding:
        return
    seen = _Seen()
    seen.feed(as_html(view, 1))
    assert seen.tags <= {"div", "span", "s"}
    kept = [t for i, t in enumerate(view.tokens) if i == 0 or t.start >= view.tokens[i - 1].end]
    for token in kept:
        if differs(token, view.text):
            assert " ".join(token.words.split()) in " ".join(seen.text.split())


def test_words_that_meet_are_set_apart_and_what_is_not_said_is_struck_out():
    from ui.reading_pane import as_html  # noqa: PLC0415 - see above

    seen = _Seen()
    seen.feed(as_html(view_of("trẻ 5-11 tuổi, áp thấp nhiệt đới (ATNĐ)"), 1))
    assert seen.text == "trẻ năm đến mười một tuổi, áp thấp nhiệt đới (ATNĐ)"
    assert seen.tags == {"div", "span", "s"}


def test_every_kind_has_a_name_and_a_colour():
    from ui.reading_pane import GROUPS  # noqa: PLC0415 - see above

    kinds = {kind for kinds in GROUPS.values() for kind in kinds}
    assert {f"lexicon.kind-{kind}" for kind in kinds} <= set(table())


async def _write(user: User, enter, text: str = TEXT, login: str = "huyen") -> None:
    await enter(login)
    user.find(marker="write").click()
    await user.should_see(marker="text", retries=30)
    user.find(marker="text").type(text)
    await _until(lambda: 'data-i="' in _shown(user) or not text)


def _element(user: User, marker: str) -> ui.element:
    return next(iter(user.find(marker=marker).elements))


def _shown(user: User) -> str:
    with user:
        pane = _element(user, "reading")
    assert isinstance(pane, ui.html)
    return str(pane.content)


async def _until(holds) -> None:
    for _ in range(300):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about")


async def _press(user: User, word: str) -> None:
    """Press the token that is shown as `word`."""
    content = _shown(user)
    version = re.search(r'data-v="(\d+)"', content)
    index = re.search(rf'data-i="(\d+)"[^>]*>{re.escape(word)}</span>', content)
    assert version
    assert index, content
    await _hit(user, {"v": int(version[1]), "i": int(index[1])})


async def _hit(user: User, hit: object) -> None:
    assert user.client is not None
    with user.client:
        pane = _element(user, "reading")
        for listener in list(pane._event_listeners.values()):
            if listener.type == "click":
                handle_event(listener.handler, GenericEventArguments(sender=pane, client=user.client, args=hit))


async def test_the_pane_shows_the_words_and_says_what_was_written(user: User, enter) -> None:
    await _write(user, enter, 'Ngày 25/11, <b>UBND</b> "nhỏ" & <img src=x>')
    content = _shown(user)
    assert 'title="&lt;"' in content
    assert "<b>" not in content
    assert "<img" not in content
    assert "hai mươi lăm tháng mười một</span>" in content
    assert 'aria-label="UBND, đọc là: ủy ban nhân dân"' in content
    assert content.count('tabindex="0"') == 1


async def test_another_reading_is_one_touch_away_and_takes_the_sound_away(user: User, enter, little) -> None:
    await _write(user, enter)
    user.find(marker="listen").click()
    await user.should_see(marker="player", retries=100)
    assert "hai mươi lăm tháng mười một" in little.spoken[-1]
    await _press(user, "hai mươi lăm tháng mười một")
    await user.should_see("“25/11”", retries=30)
    await user.should_see("ngày tháng")
    await user.should_see("hai mươi lăm phần mười một")
    user.find("hai mươi lăm phần mười một").click()
    user.find(marker="reading-for-bulletin").click()
    await _until(lambda: "hai mươi lăm phần mười một</span>" in _shown(user))
    assert (little.own, little.words, little.books[1].sound) == ({1: {"25/11": "hai mươi lăm phần mười một"}}, {}, None)
    assert "loa-r-own" in _shown(user)
    user.find(marker="listen").click()
    await _until(lambda: "hai mươi lăm phần mười một" in little.spoken[-1])


async def test_a_correction_can_be_taken_back_where_it_is_seen(user: User, enter, little) -> None:
    await _write(user, enter)
    little.own[1] = {"UBND": "ủy ban"}
    user.find(marker="text").type(" ")
    await _until(lambda: ">ủy ban</span>" in _shown(user))
    await _press(user, "ủy ban")
    await user.should_see("Đã sửa riêng cho bản tin này.", retries=30)
    user.find(marker="reading-undo").click()
    await _until(lambda: "ủy ban nhân dân</span>" in _shown(user))
    assert little.own == {1: {}}


async def test_whoever_may_corrects_for_the_whole_area(user: User, enter, little) -> None:
    await _write(user, enter)
    await _press(user, "ủy ban nhân dân")
    await user.should_see("Cho cả Huyện Gò Dầu", retries=30)
    field = _element(user, "reading-words")
    assert isinstance(field, ui.textarea)
    field.set_value("ủy ban")
    user.find(marker="reading-for-area").click()
    await _until(lambda: ">ủy ban</span>" in _shown(user))
    assert list(little.words.values()) == [{"UBND": "ủy ban"}]


async def test_whoever_may_not_is_offered_the_bulletin_alone(user: User, enter, little) -> None:
    await _write(user, enter)
    little.books[1] = replace(little.books[1], area=AreaId("tinh-tay-ninh-72"))
    user.find(marker="text").type(" ")
    version = _shown(user)
    await _until(lambda: _shown(user) != version)
    await _press(user, "ủy ban nhân dân")
    await user.should_see(marker="reading-for-bulletin", retries=30)
    await user.should_not_see(marker="reading-for-area")


async def test_a_dash_is_corrected_with_the_numbers_around_it(user: User, enter, little) -> None:
    await _write(user, enter)
    await _press(user, "đến")
    await user.should_see("“5-11”", retries=30)


async def test_what_is_refused_is_told_in_the_dialog_and_nothing_is_lost(user: User, enter, little) -> None:
    await _write(user, enter)
    await _press(user, "ủy ban nhân dân")
    await user.should_see(marker="reading-words", retries=30)
    field = _element(user, "reading-words")
    assert isinstance(field, ui.textarea)
    field.set_value("ủy ban 2")
    user.find(marker="reading-for-bulletin").click()
    await user.should_see("Cách đọc còn chữ số “2”", retries=100)
    assert field.value == "ủy ban 2"
    assert little.own == {}


async def test_a_plain_word_is_corrected_too_and_nonsense_from_a_browser_is_ignored(user: User, enter, little) -> None:
    await _write(user, enter)
    for nonsense in (None, 3, {}, {"v": 0, "i": 1}, {"v": 1, "i": 10_000}, {"i": "x"}, {"word": 5}):
        await _hit(user, nonsense)
    await user.should_not_see(marker="reading-words")
    await _hit(user, {"word": "tuổi"})
    await user.should_see(marker="reading-words", retries=30)
    field = _element(user, "reading-words")
    assert isinstance(field, ui.textarea)
    field.set_value("tủi")
    user.find(marker="reading-for-bulletin").click()
    await _until(lambda: ">tủi</span>" in _shown(user))


async def test_a_text_in_an_old_encoding_says_so_in_the_pane(user: User, enter, little) -> None:
    await _write(user, enter, "")
    await user.should_see("Viết nội dung, cách đọc sẽ hiện ở đây.", retries=30)
    little.refuse["reading"] = Refusal("text-legacy", sample="x· héi")
    user.find(marker="text").type("x· héi")
    await user.should_see("Văn bản có lẽ dùng bảng mã cũ", retries=100)
    little.refuse["reading"] = RuntimeError("unforeseen")
    user.find(marker="text").type("!")
    await user.should_see("Máy chủ gặp sự cố ngoài dự kiến", retries=100)


async def test_the_lexicon_of_an_area_is_seen_searched_added_to_and_cleared(user: User, enter, little) -> None:
    await enter("huyen", "/lexicon")
    await user.should_see("Địa bàn này chưa có cách đọc riêng nào", retries=30)
    little.words[AreaId("tinh-tay-ninh-72")] = {"Trảng Bàng": "trảng bàng"}
    user.find(marker="lexicon-written").type("Krông Nô")
    user.find(marker="lexicon-words").type("cờ rông nô 1")
    user.find(marker="lexicon-add").click()
    await user.should_see("Cách đọc còn chữ số “1”", retries=50)
    user.find(marker="lexicon-words").clear().type("cờ rông nô")
    user.find(marker="lexicon-add").click()
    await user.should_see("Krông Nô", retries=50)
    await user.should_see("từ cấp trên")
    user.find(marker="lexicon-find").type("krong")
    await user.should_not_see("Trảng Bàng", retries=30)
    await user.should_see("cờ rông nô")
    user.find(marker="lexicon-remove").click()
    await user.should_see("Không tìm thấy “krong”", retries=50)
    assert little.words[AreaId("huyen-go-dau-710")] == {}


async def test_an_operator_has_no_lexicon(user: User, enter) -> None:
    await enter("xa", "/receivers")
    await user.should_not_see(marker="nav-lexicon")
    await user.open("/lexicon")
    await user.should_see("Tài khoản của bạn không dùng trang này.")
