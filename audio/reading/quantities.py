"""Numbers and what they count: ordinals, money, percent, measures, and "per"."""

import re
from typing import Final

from audio.reading import numbers
from audio.reading.amounts import amount, stepped, unit
from audio.reading.contexts import context
from audio.reading.letters import letter
from audio.reading.lexicon import Unit
from audio.reading.scan import Found, Named, Scan

_VERSION: Final = re.compile(r"(\d{1,4})((?:\.\d{1,4}){1,5})(?![\d,])")
_ZERO: Final = re.compile(r"(\d{1,2})\.0(?![\d.,]| ?(?:%|tấn|ha|kg|m|km|triệu|tỷ|điểm)(?![^\W_]))")
_HEADING: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})(?=\.? +[^\W\d_a-z])")
_RATIO: Final = re.compile(
    r"(\d{1,6}(?:[.,]\d{1,3})?) ?: ?(\d{1,3}(?:\.\d{3})+|\d{1,7})(?![\d:]| ?(?:h|g|giờ)(?![^\W\d_]))"
)
_SCORE: Final = re.compile(r"(\d{1,3}) ?[-–:] ?(\d{1,3})(?!\d|[-–.,/]\d|[-–][A-ZĐ]| ?%)")
_LINE_UP: Final = re.compile(r"\d{1,2}(?:-\d{1,2}){2,4}(?![\d/-])")
_SHORT_DATE: Final = re.compile(r"\d{1,2}-\d{1,2}-\d{2}")
_PER: Final = re.compile(r" ?/ ?(?=[^\W\d_]|\d{1,3}(?:\.\d{3}){0,3} ?[^\W\d_]|µ|μ|%)")
_PER_TIMES: Final = re.compile(r"(\d{1,3}(?:\.\d{3}){0,3}) ?")
_WORD: Final = re.compile(r"[^\W\d_²³]+")
_BIG_SIGN: Final = re.compile(r"([$€£¥]) ?(?=\d)")
_LISTED: Final = re.compile(r" ?(?:[,;.)](?!\d)|và |hoặc |đến |hay |-|–|$)")
_SHORT: Final = re.compile(r"\d{1,3}(?!\d|[.,/:]\d|[%°]| ?- ?(?:19|20)\d\d(?!\d))")
_WEEKDAY: Final = re.compile(r"[2-7](?![\w/%]|[.,]\d| ?[-–])")
_WEEKDAYS: Final = re.compile(r"[2-7](?:-[2-7]){2,5}(?![\d/-])")
_LETTERED: Final = re.compile(r"(\d{1,5})([A-ZĐ]{1,2}|[a-eđ])(\d{1,3})?(?:\.(\d{1,3})(?!\d))?(?![^\W_])")
_POINTED: Final = context("pointed")
_RATIO_BEFORE: Final = context("ratio")
_DAY_WORDS: Final = context("day-words")
_SCORE_BEFORE: Final = context("score")
_MONTHS: Final = 12
_SPANS: Final = frozenset({"ngày", "tuần", "giờ"})
_LENT: Final = frozenset({"vay", "cho vay", "nợ", "mượn", "lương", "thưởng", "vốn", "thu nhập", "tiền"})
_NO_MONEY: Final = frozenset({"like", "lượt", "view", "follow", "share", "người", "km"})
"""What "k" counts without being money: 1k like."""
_OR_OVER: Final = frozenset({"measure", "share"})


def ordinal(scan: Scan, at: int) -> Found | None:
    """thứ 4, tháng 4: the fourth is "tư", the first "nhất"."""
    month, order = scan.follows(frozenset({"tháng"})), scan.follows(frozenset({"thứ"}))
    if scan.left[-1:] == ["đến"] and scan.left[-3:-2] == ["thứ"] and _WEEKDAY.match(scan.text, at):
        return Found(at + 1, f"thứ {numbers.ordinal(int(scan.text[at]), scan.how)}")
    if not month and not order:
        if scan.left[-1:] and scan.left[-1] in {",", "và", "đến", "hoặc", "hay", "-"} and scan.text[at] == "4":
            alone = not scan.text[at + 1 : at + 2].isdecimal() and _LISTED.match(scan.text, at + 1)
            before = scan.left[-9:-1]
            if alone and ("tháng" in before or "thứ" in before):
                return Found(at + 1, "tư", ("bốn",))
        return None
    match = _WEEKDAYS.match(scan.text, at) if order else None
    if match:
        return Found(match.end(), ", ".join(numbers.ordinal(int(d), scan.how) for d in match.group().split("-")))
    match = _SHORT.match(scan.text, at)
    if not match:
        return None
    n = int(match.group())
    if order:
        return Found(match.end(), numbers.ordinal(n, scan.how))
    if scan.next_word(match.end()) in _SPANS and not scan.precedes(match.end(), frozenset({"năm nay", "năm tới"})):
        return None  # 2 tháng 4 ngày
    return Found(match.end(), numbers.month(n, scan.how)) if 1 <= n <= _MONTHS else None


def pointed(scan: Scan, at: int) -> Found | None:
    """4.0, phiên bản 2.1.3, mục 1.2, and a heading at the beginning of a line."""
    text, how = scan.text, scan.how
    match = _ZERO.match(text, at)
    if match:
        return Found(match.end(), f"{numbers.number(match[1], how)} chấm không", (f"{numbers.number(match[1], how)} phẩy không",))  # noqa: E501  # fmt: skip
    first = at == 0 or text[at - 1] == "\n" or scan.left[-1:] == ["\n"]
    match = _HEADING.match(text, at) if first else _VERSION.match(text, at) if scan.follows(_POINTED) else None
    if not match:
        return None
    return Found(match.end(), " chấm ".join(numbers.number(n, how) for n in match.group().split(".")))


def ratio(scan: Scan, at: int) -> Found | None:
    """tỷ lệ 1:500; tỷ số 2-1; đội hình 4-4-2."""
    text, how = scan.text, scan.how
    if scan.follows(_SCORE_BEFORE):
        match = _SCORE.match(text, at)
        if match:
            return Found(match.end(), f"{numbers.number(match[1], how)} {numbers.number(match[2], how)}", kind="code")
    match = _LINE_UP.match(text, at)
    if match and not (_SHORT_DATE.fullmatch(match.group()) and scan.follows(_DAY_WORDS)):
        return Found(match.end(), " ".join(numbers.number(n, how) for n in match.group().split("-")), kind="code")
    match = _RATIO.match(text, at)
    bare = match and match[1] == "1" and len(match[2]) != 2 and " " not in match.group()  # noqa: PLR2004 - no 1:30
    if not match or not (bare or scan.follows(_RATIO_BEFORE)):
        return None
    first = amount(scan, at).words
    return Found(match.end(), f"{first} trên {numbers.number(match[2].replace('.', ''), how)}", kind="fraction")


def quantity(scan: Scan, at: int) -> Found:
    """Any number, with its unit if it has one."""
    step = stepped(scan, at)
    if step:
        return step._replace(kind="quantity")
    number = amount(scan, at)
    end, words, others = number.end, number.words, number.others
    kind = "number"
    for _ in range(2):  # 5 triệu đồng, 2 tỷ USD: a size, then what it is of
        known = unit(scan, end)
        if not known:
            break
        end, found = known
        found = _meant(scan, found, end)
        words = f"{words} {found.words}"
        others = tuple(f"{number.words} {o}" for o in found.others)
        kind = "money" if found.kind == "money" else "share" if found.kind == "share" else "quantity"
        if found.kind == "time":
            kind = "quantity"
        if found.kind != "scale" and not (found.words == "ngàn đồng" and scan.text[end : end + 1] != "/"):
            break
    if kind == "quantity" and scan.how.north:
        words = words.replace(" ngàn đồng", " nghìn đồng")
    if words.endswith("ngàn đồng đồng"):
        words = words.removesuffix(" đồng")
    per = per_unit(scan, end) if kind != "number" else None
    if per:
        return Found(per.end, f"{words} {per.words}", others and tuple(f"{o} {per.words}" for o in others), "quantity")
    return Found(end, words.replace("ngàn", "nghìn") if scan.how.north else words, others, kind)


def _meant(scan: Scan, found: Unit, end: int) -> Unit:
    """The unit, or another of the same sign: vay 500m, 1k like."""
    units = scan.lexicon.units
    if found.words == "mét" and scan.follows(_LENT) and not scan.next_word(end):
        return units["triệu"]
    return units["ngàn"] if found.words == "ngàn đồng" and scan.next_word(end) in _NO_MONEY else found


def per_unit(scan: Scan, at: int) -> Found | None:
    """What is after the slash of km/h, đồng/kg, mm/24h, lần/ngày; "trên" among measures, else "một"."""
    match = _PER.match(scan.text, at)
    if not match:
        return None
    start = match.end()
    times = _PER_TIMES.match(scan.text, start)
    said = ""
    if times:
        said, start = numbers.number(times[1].replace(".", ""), scan.how), times.end()
    measure = scan.lexicon.unit.match(scan.text, start)
    if measure and (len(measure[1]) > 1 or measure[1] in {"m", "l", "h", "g", "s", "L"}):
        known = scan.lexicon.units.get(measure[1]) or scan.lexicon.units.get(measure[1].lower())
        if known and known.kind in {"measure", "time", "count"}:
            physical = known.kind == "measure" or measure[1] in {"h", "s"} or said
            link = "trên" if physical and _is_measure(scan, at) else "một"
            words = f"trên {said} {known.words}" if said else f"{link} {known.words}"
            other = f"{'một' if link == 'trên' else 'trên'} {known.words}"
            again = per_unit(scan, measure.end())
            if again:
                return Found(again.end, f"{words} {again.words}")
            return Found(measure.end(), words, (other,))
    word = _WORD.match(scan.text, start)
    if not word or times or not word.group().islower():
        return None
    return Found(start, "một", ("mỗi", "trên"))  # the word itself is read like any other


def _is_measure(scan: Scan, at: int) -> bool:
    """Whether a physical unit stands before the slash, and not đồng or people."""
    before = re.search(r"([^\W\d_]+[²³23]?|%|°)$", scan.text[max(0, at - 8) : at])
    known = scan.lexicon.units.get(before[1]) if before else None
    return bool(known and known.kind in _OR_OVER)


def currency_first(scan: Scan, at: int) -> Found | None:
    """$100."""
    match = _BIG_SIGN.match(scan.text, at)
    if not match:
        return None
    number = amount(scan, match.end())
    end, words = number.end, number.words
    size = unit(scan, end)
    if size and size[1].kind == "scale":
        end, words = size[0], f"{words} {size[1].words}"
    return Found(end, f"{words} {scan.lexicon.units[match[1]].words}", kind="money")


def letter_after(scan: Scan, at: int) -> Found | None:
    """22B, 10A1, 5a, 12bis: a number with letters that are no unit."""
    match = _LETTERED.match(scan.text, at)
    if not match:
        return None
    said = [numbers.number(match[1], scan.how), *(letter(c) for c in match[2])]
    said += [numbers.number(d, scan.how) for d in (match[3], match[4]) if d]
    return Found(match.end(), " ".join(said))


NUMBER: Final = Named("number", "number", quantity)
FIRST: Final = (
    Named("ordinal", "number", ordinal),
    Named("pointed", "code", pointed, "."),
    Named("ratio", "fraction", ratio, "-–:.,"),
)
LETTER_AFTER: Final = Named("letter-after-number", "code", letter_after)
