"""Numbers of documents: 2427/QĐ-UBND, 39/2020/TT-BTTTT, 05-CT/TW, 31/2024/QH15."""

import re
from string import ascii_letters
from typing import Final

from audio.reading import letters, numbers
from audio.reading.contexts import context
from audio.reading.scan import Found, Named, Scan

_NUMBER: Final = re.compile(
    r"(\d{1,6})([A-Za-zĐđ]?)(?: ?/ ?((?:19|20)\d{2}))? ?[/–-] ?"
    r"([A-ZĐƯ][A-ZĐƯa-zđ&]{0,14}\d{0,2}(?: ?[–/.-] ?[A-ZĐƯ][A-ZĐƯa-zđ&]{0,14}\d{0,2}){0,4})(?![\w])"
)
_ISSUED: Final = re.compile(r" ?,? ?(?:(?:ban hành |ký )?ngày [^\n,;]{1,40}? )?(?:của|do) ")
_PARTS: Final = re.compile(r"[A-ZĐƯ][A-ZĐƯa-zđ&]*\d*")
_YEARLY: Final = re.compile(r"(\d{1,4})(?: ?/ ?((?:19|20)\d{2}))?(?![\w/%]|[.,-]\d)")
_TERM: Final = re.compile(r"(QH|UBTVQH|HĐND)(\d{1,2})\Z")
_STANDARD: Final = re.compile(r"(\d{1,5})(?:-(\d{1,2}))?:((?:19|20)\d{2})(?:/([A-ZĐ&]{2,8}))?(?![\w/])")
_STANDARDS: Final = context("standards")
_NAMED: Final = context("documents")
_SO: Final = frozenset({"số", "số hiệu"})
_SURE: Final = context("laws")


def document(scan: Scan, at: int) -> Found | None:
    """The number, the year, the kind if it was not said, and who issued it."""
    match = _NUMBER.match(scan.text, at)
    if not match:
        return None
    digits, letter, year, tail = match.groups()
    kinds, bodies = _understood(scan, tail)
    named = scan.follows(_NAMED) or _named_before(scan)
    if not kinds and not bodies:
        return None
    if not kinds and not year and not named and not scan.follows(_SO):
        return None
    said = numbers.number(digits.lstrip("0") or "0", scan.how)
    if letter:
        said += f" {letters.letter(letter)}"
    if not scan.follows(_SO):
        said = f"số {said}"
    if year:
        said += f" năm {numbers.number(year, scan.how)}"
    if kinds and not named:
        said = f"{kinds} {said}" if not scan.follows(_SO) else f"{said}, {kinds}"
    if bodies and not _ISSUED.match(scan.text, match.end()):  # who issued it follows in full
        said += f" của {bodies}"
    return Found(match.end(), said)


def numbered(scan: Scan, at: int) -> Found | None:
    """Nghị định 100/2019 and Nghị định 168, without their letters."""
    if not scan.follows(_SURE):
        return None
    match = _YEARLY.match(scan.text, at)
    if not match or not match[2]:
        return None
    said = numbers.number(match[1].lstrip("0") or "0", scan.how)
    return Found(match.end(), f"số {said} năm {numbers.number(match[2], scan.how)}")


def _named_before(scan: Scan) -> bool:
    """Whether "Quyết định số" was said."""
    said = scan.left[-5:]
    if said and said[-1] == ":":
        said.pop()
    if not said or said[-1] != "số":
        return False
    before = said[:-1]
    return any(" ".join(before[-n:]) in _NAMED for n in (1, 2, 3, 4))


def _understood(scan: Scan, tail: str) -> tuple[str, str]:
    """(kind, who issued it) of the letters after the number; both empty if they are no document's."""
    kinds, bodies = scan.lexicon.documents, scan.lexicon.bodies
    parts = _PARTS.findall(tail)
    kind = kinds.get(parts[0], "") if parts else ""
    rest = parts[1:] if kind else parts
    joined = " và " if kind.endswith("liên tịch") else " "
    said: list[str] = []
    for part in rest:
        term = _TERM.match(part)
        if term and term[2]:
            said.append(f"{bodies[term[1]]} khóa {numbers.number(term[2], scan.how)}")
        elif part in bodies:
            said.append(bodies[part])
        elif not said:
            known = _expanded(scan, part)
            if not known and not kind:
                return "", ""
            if known:
                said.append(known)  # letters of an office nobody knows are left out
        if joined == " ":
            break  # UBND-VX: who wrote it in the office is not read out
    if rest and not kind and not any(p in bodies or _TERM.match(p) for p in rest):
        return "", ""
    return kind, joined.join(said)


def _expanded(scan: Scan, part: str) -> str:
    for entry in scan.lexicon.entries.get(part.lower(), ()):
        if entry.written == part and not entry.conditions:
            return entry.readings[0]
    return ""


def standard(scan: Scan, at: int) -> Found | None:
    """QCVN 01-1:2024/BYT, ISO 9001:2015."""
    match = _STANDARD.match(scan.text, at) if scan.follows(_STANDARDS) else None
    if not match:
        return None
    how, body = scan.how, scan.lexicon.bodies.get(match[4] or "", "")
    said = numbers.number(match[1], how) + (f" gạch {numbers.number(match[2], how)}" if match[2] else "")
    return Found(match.end(), f"{said} năm {numbers.number(match[3], how)}{f' của {body}' if body else ''}")


RULES: Final = (
    Named("standard", "code", standard, ":-"),
    Named("document", "document", document, f"/–-{ascii_letters}Đđ"),
    Named("numbered-by-year", "document", numbered, "/"),
)
