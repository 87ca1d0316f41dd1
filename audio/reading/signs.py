"""Everything that is neither letter nor digit: pauses, signs that are said, and the dash with its many meanings."""

import re
from typing import Final

from audio.reading.quantities import per_unit
from audio.reading.scan import NUMERIC, Found, Scan

PAUSES: Final = {".": 5, "!": 6, "?": 6, "…": 4, ":": 3, ";": 3, ",": 1}
"""How strong a pause is: of two that meet, the stronger one stays."""
_BRACKETS: Final = frozenset("()[]{}|")
_DASHES: Final = frozenset("-–—−")
_SAID: Final = {
    "&": "và", "@": "a còng", "=": "bằng", ">": "lớn hơn", "<": "nhỏ hơn", "≥": "lớn hơn hoặc bằng", "±": "cộng trừ",
    "≤": "nhỏ hơn hoặc bằng", "×": "nhân", "÷": "chia", "≈": "xấp xỉ", "≠": "khác", "%": "phần trăm", "‰": "phần ngàn",
    "$": "đô la", "€": "ơ rô", "£": "bảng", "¥": "yên", "₫": "đồng", "²": "bình phương", "³": "lập phương", "√": "căn",
}  # fmt: skip
_BOUNDS: Final = {"<": "dưới", ">": "trên"}
"""Before a number: trẻ < 5 tuổi."""
_LONG: Final = {">=": "lớn hơn hoặc bằng", "<=": "nhỏ hơn hoặc bằng", "=>": "", "->": "", "+/-": "cộng trừ", "<-": ""}
_ARROWS: Final = frozenset("→➔⇒➜►")
_DOTS: Final = re.compile(r"\.{2,}|…[.…]*")
_REST: Final = re.compile(r" ?(?=\d)")
_DIGITS_BEFORE: Final = re.compile(r"((?:\d{1,3}\.){0,5}\d{1,6}(?:,\d{1,3})?) ?$")
_DIGITS_AFTER: Final = re.compile(r" ?((?:\d{1,3}\.){0,5}\d{1,6}(?:,\d{1,3})?)(?![.,]?\d)")
_GROUPS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+\Z")
_COUNTED_BEFORE: Final = re.compile(r"([^\W\d_]+) ?[\dIVX]{1,5} ?$")
_COUNTED_AFTER: Final = re.compile(r" ?([^\W\d_]+) ?[\dIVX]")
_ALIKE: Final = (
    frozenset({"ngàn", "nghìn", "triệu", "tỷ", "tỉ", "đồng"}),
    frozenset({"giây", "phút", "giờ", "ngày", "tuần", "tháng", "năm"}),
    frozenset({"mét", "gam", "tấn", "tạ", "lít", "ta"}),
)
_POWERS: Final = frozenset("23²³")
_NAMED_NEXT: Final = re.compile(r" ?([Tt]hứ|[Tt]háng|[Mm]ùng|[Mm]ồng) ")
_PARTS_OF_DAY: Final = frozenset({"sáng", "trưa", "chiều", "tối", "đêm", "khuya", "nay", "mai", "trước", "sau", "qua"})
_CLOCK: Final = re.compile(r" ?\d{1,2} ?(?:[hHg:]|giờ)")
_DAY_NEXT: Final = re.compile(r" ?(?:hết |rạng )?(?:sáng|trưa|chiều|tối|đêm|ngày) \d")
_LIMIT_NEXT: Final = re.compile(r" ?(?:dưới|hết|đủ|gần|trên) \d")
_POST_NEXT: Final = re.compile(r" ?[Kk][Mm] ?\d")
_LUNAR_NEXT: Final = re.compile(r" ?(?:hết )?(?:mùng|mồng|rằm) ")
_CLOCKS: Final = frozenset({"giờ", "phút"})
_NAME_NEXT: Final = re.compile(r"(?:[^\w\n]|_){1,20}([^\W\d_])")
_YEAR: Final = re.compile(r"(?:19|20)\d{2}(?!\d)")
_DEGREES: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,2})? ?(?:°|º|˚|độ|oC|%)")
_AMOUNTS: Final = frozenset({"number", "quantity", "money", "share", "fraction"})


def sign(scan: Scan, at: int) -> Found:
    """What a sign stands for: a pause (kind "pause"), words, or nothing."""
    text = scan.text
    char = text[at]
    if char in ".…":
        dots = _DOTS.match(text, at)
        if dots:
            return Found(dots.end(), "…", kind="pause")
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if char in PAUSES:
        return _pause(scan, at, char, between_digits=before.isdecimal() and after.isdecimal())
    if char in _BRACKETS or char in _ARROWS:
        return Found(at + 1, ",", kind="pause")
    for long, words in _LONG.items():
        if text.startswith(long, at):
            return Found(at + len(long), words or ",", kind="" if words else "pause")
    if char in _DASHES:
        return dash(scan, at)
    if char == "/":
        return slash(scan, at)
    return _said(scan, at, char, before, after)


def _pause(scan: Scan, at: int, char: str, *, between_digits: bool) -> Found:
    initial = scan.text[at + 1 : at + 2].isalpha() and scan.text[at - 1 : at].isalpha() and not scan.text[max(0, at - 2) : at - 1].isalpha()  # noqa: E501  # fmt: skip
    if char == "." and initial and at:
        return Found(at + 1, "", kind="nothing")  # E.coli
    if char == "." and _abbreviates(scan, at):
        return Found(at + 1, ",", kind="pause")  # "H .A" must not become "H. A", a district
    if between_digits:
        if char == ".":
            return Found(at + 1, "chấm")
        if char == ":":
            return Found(at + 1, ",", kind="pause")
    return Found(at + 1, char, kind="pause")


def _abbreviates(scan: Scan, at: int) -> bool:
    """Whether a full stop between the letter said last and the name that follows would make an abbreviation of it."""
    name = _NAME_NEXT.match(scan.text, at) if scan.capital else None
    if not name or not name[1].isupper():
        return False
    return any(e.written == f"{scan.capital}." for e in scan.lexicon.entries.get(scan.capital.lower(), ()))


def _said(scan: Scan, at: int, char: str, before: str, after: str) -> Found:
    first = not scan.left or scan.left[-1] == "\n"
    if char == "+":
        close = before not in {"", " ", "\n"} and after not in {"", " "}
        sums = scan.last_kind in NUMERIC or (scan.since <= 3 and _REST.match(scan.text, at + 1))  # noqa: PLR2004 - 10kg urê + 5kg
        said = after.isdecimal() or close or sums
        return Found(at + 1, "cộng" if said and not (first and after == " ") else "")
    if char == "*":
        return Found(at + 1, "sao" if after.isdecimal() or (before.isdecimal() and after in {"#", "*"}) else "")
    if char == "#":
        return Found(at + 1, "thăng" if before.isalnum() or not after.isspace() else "")
    if char == "~":
        return Found(at + 1, "đến" if before.isdecimal() and after.isdecimal() else "khoảng" if _REST.match(scan.text, at + 1) else "")  # noqa: E501  # fmt: skip
    if char == "^":
        return Found(at + 1, "mũ" if after.isdecimal() else "")
    if char in _BOUNDS and _REST.match(scan.text, at + 1):
        return Found(at + 1, _BOUNDS[char], (_SAID[char],))
    if char in _SAID:
        return Found(at + 1, _SAID[char])
    return Found(at + 1, "", kind="nothing")


def slash(scan: Scan, at: int) -> Found:
    """Per, over, or a pause between two words."""
    if scan.last_kind == "unit" or scan.since <= 3:  # noqa: PLR2004 - 3 kg gạo tẻ/người: the number is not far
        per = per_unit(scan, at)
        if per:
            return per
    text = scan.text
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if scan.last_kind == "phone":
        return Found(at + 1, ",", kind="pause")
    if before.isdecimal() and after.isdecimal():
        return Found(at + 1, "trên")
    if scan.last_kind == "roman" and _YEAR.match(text, at + 1):
        return Found(at + 1, "năm")
    unit = scan.lexicon.unit.match(text, at + 1)
    if unit and (before.isalpha() or before in _POWERS) and unit[1] in {"kg", "ha", "m2", "m²", "m3", "m³", "lít", "tấn", "km", "ngày", "tháng", "năm", "km2", "tạ", "kWh", "giờ"}:  # noqa: E501  # fmt: skip
        per = per_unit(scan, at)
        if per:
            return per
    return Found(at + 1, ",", kind="pause")


def dash(scan: Scan, at: int) -> Found:
    """A bullet, a minus, "đến", a hyphen inside a word, or a pause."""
    text = scan.text
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    first = not scan.left or scan.left[-1] == "\n"
    if text[at] == "−" and after.isdecimal() and (not before.isalnum() or scan.last_kind not in NUMERIC):
        return Found(at + 1, "âm")
    if after.isdecimal() and not before.isalnum() and (scan.last_kind not in NUMERIC or before == "("):
        alone = first and "\n" not in text[at:].strip() and len(text) - at < 20 and at == 0  # noqa: PLR2004 - "-5" by itself
        below = first and _DEGREES.match(text, at + 1)
        return Found(at + 1, "âm" if not first or alone or below else "", kind="" if not first or alone or below else "nothing")  # noqa: E501  # fmt: skip
    if first:
        return Found(at + 1, "", kind="nothing")
    joined = _joins(scan, at)
    if joined:
        return Found(at + 1, joined, kind="range" if joined == "đến" else "")
    if before.isalpha() and after.isalpha():
        return Found(at + 1, "", kind="nothing")
    return Found(at + 1, ",", kind="pause")


def _joins(scan: Scan, at: int) -> str:
    """What the dash at `at` joins two things by that are named on both sides: "đến", "năm", or nothing."""
    text = scan.text
    if scan.last_kind in NUMERIC:
        left, right = _COUNTED_BEFORE.search(text[max(0, at - 20) : at]), _COUNTED_AFTER.match(text, at + 1)
        if left and right and left[1].lower() == right[1].lower():
            return "đến"  # cấp 3 - cấp 4
    if scan.last_kind == "quantity" and "cộng" in scan.left[-8:] and _POST_NEXT.match(text, at + 1):
        return "đến"  # Km3+200 - Km5+450
    if scan.last_kind == "roman" and not text[at - 1].isspace() and _YEAR.match(text, at + 1):
        return "năm"  # quý III-2026
    if scan.since <= 3 and scan.left[-1] in _PARTS_OF_DAY and _CLOCK.match(text, at + 1):  # noqa: PLR2004 - ngày hôm trước
        return "đến"  # 8h sáng - 4h chiều
    if scan.last_kind == "date" and "từ" in scan.left[-20:] and _DAY_NEXT.match(text, at + 1):
        return "đến"  # từ sáng 25/11 - chiều 27/11
    if scan.last_kind in NUMERIC and "từ" in scan.left[-12:] and _LIMIT_NEXT.match(text, at + 1):
        return "đến"  # từ đủ 14 - dưới 16 tuổi
    if scan.since <= 2 and "từ" in scan.left[-8:] and _LUNAR_NEXT.match(text, at + 1):  # noqa: PLR2004 - tháng Chạp
        return "đến"  # từ 29 tháng Chạp - mùng 5 tháng Giêng
    again = _NAMED_NEXT.match(text, at + 1)
    return "đến" if again and scan.left[-2:-1] == [again[1].lower()] else ""  # thứ Hai - thứ Sáu


def bridges(scan: Scan, at: int, left: str, right: str, unit: str, words: str) -> bool:
    """Whether the dash at `at` joins what stands on both sides into "from ... to ...".

    `left` and `right` are their kinds, `unit` is the last word of the left, `words` are the right's: 220 V - 50 Hz are
    two things.
    """
    last = unit, words.rpartition(" ")[2]
    if left == "number" and right == "number":
        low, high = _DIGITS_BEFORE.search(scan.text[max(0, at - 24) : at]), _DIGITS_AFTER.match(scan.text, at + 1)
        return not (low and high and _value(low[1]) >= _value(high[1]))
    if {left, right} <= _AMOUNTS:
        alike = last[0] == last[1] or any(set(last) <= same for same in _ALIKE)
        return "number" in {left, right} or alike or f" {unit} một " in words  # 65.000đ-67.000đ/kg
    if {left, right} == {"quantity", "time"}:
        return _CLOCKS.issuperset(last)  # 8 giờ - 10 giờ 30
    if left == "number":
        return right in {"date", "time", "code", "quantity", "place"}
    if left == right == "place":
        return last[0] == last[1]
    if left == "time":
        return right in {"time", "number"}
    return left == right and left in {"date", "roman", "code"}


def _value(digits: str) -> float:
    if _GROUPS.match(digits):
        digits = digits.replace(".", "")
    return float(digits.replace(",", ".") if digits.count(".") + digits.count(",") < 2 else "0")  # noqa: PLR2004 - 1.2.3
