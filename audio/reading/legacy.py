"""Text in the old encodings TCVN3 and VNI, pasted as if it were Unicode. Pure.

Such text is letters nobody uses, in words that become Vietnamese syllables once they are converted: that is the proof.
"""

import re
from typing import Final

from audio.reading.syllables import is_syllable

_TCVN_FROM: Final = (
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦"  # \u00ad is its letter ư
)
_TCVN_TO: Final = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_TCVN: Final = {ord(a): b for a, b in zip(_TCVN_FROM, _TCVN_TO, strict=True)}
_VNI_MARKS: Final = {
    "a": ("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "u": ("ùøûõï", "úùủũụ"),
    "y": ("ùøûõ", "ýỳỷỹ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "ö": ("ùøûõï", "ứừửữự"),
}
_VNI_ALONE: Final = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}
_VNI: Final = {
    base + mark: char for base, (marks, chars) in _VNI_MARKS.items() for mark, char in zip(marks, chars, strict=True)
} | _VNI_ALONE
_VNI_ALL: Final = _VNI | {k.upper(): v.upper() for k, v in _VNI.items()} | {
    k.capitalize(): v.upper() for k, v in _VNI.items() if len(k) > 1
}  # fmt: skip
_VNI_PIECE: Final = re.compile("[AEOUYÔÖaeouyôö][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]|[ôöæóòîñÔÖÆÓÒÎÑ]")
_WORD: Final = re.compile(r"[A-Za-z¡-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ]+")
_STRANGE: Final = re.compile("[¡-¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿ]|[aeouyôAEOUYÔ][ùøûõïâáàãêéèú]")
_MODERN: Final = re.compile("[Ạ-ỹĂăĐđƠơƯư]")
_SURE: Final = 0.9
_LIKELY: Final = 0.6
_FEWEST: Final = 3
"""Words that have to speak for it: fewer may be a foreign name."""
_SHORTEST: Final = 10
"""Letters these words have together."""


class LegacyEncoding(ValueError):
    """Raised for text that is likely TCVN3 or VNI (`code`) but cannot be converted with certainty."""

    def __init__(self, code: str, sample: str) -> None:
        super().__init__(f"text in the old encoding {code}, not sure enough to convert it: {sample!r}")
        self.code, self.sample = code, sample


def modern(text: str) -> str:
    """The text in Unicode, converted if it is surely TCVN3 or VNI. Raises LegacyEncoding if that is only likely."""
    if len(_STRANGE.findall(text)) < _FEWEST:
        return text
    words = dict.fromkeys(w for w in _WORD.findall(text) if len(w) > 1 and not w.isascii())
    strange = [w for w in words if _STRANGE.search(w) and not is_syllable(w)]
    if len(strange) < _FEWEST or sum(map(len, strange)) < _SHORTEST:
        return text
    shares = {
        code: sum(is_syllable(convert(w)) for w in strange) / len(strange) for code, convert in _CONVERTERS.items()
    }
    code, share = max(shares.items(), key=lambda item: item[1])
    if share < _LIKELY:
        return text
    mixed = any(_MODERN.search(w) for w in words)
    if share < _SURE or mixed:
        raise LegacyEncoding(code, " ".join(strange[:_FEWEST]))
    return _CONVERTERS[code](text)


def _tcvn3(text: str) -> str:
    return text.translate(_TCVN)


def _vni(text: str) -> str:
    return _VNI_PIECE.sub(lambda m: _VNI_ALL.get(m.group(), m.group()), text)


_CONVERTERS: Final = {"tcvn3": _tcvn3, "vni": _vni}
