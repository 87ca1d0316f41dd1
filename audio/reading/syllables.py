"""Whether letters make a Vietnamese syllable. Pure; the only linguistics the rules need."""

import unicodedata
from functools import lru_cache
from typing import Final

_ONSET_LIST: Final = " b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYME_LIST: Final = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch
    êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao
    oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
    ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh
    uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
"""
_ONSETS: Final = frozenset(_ONSET_LIST.split(" "))
_RHYMES: Final = frozenset(_RHYME_LIST.split())
_TONES: Final = {"\u0300": None, "\u0301": None, "\u0303": None, "\u0309": None, "\u0323": None}
_STRIP: Final = {ord(k): v for k, v in _TONES.items()}
_MARKS: Final = {ord(c): None for c in "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"}


def toneless(word: str) -> str:
    """Without its tone; the vowel's own sign stays: "ngữ" is "ngư"."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_STRIP))


def plain(word: str) -> str:
    """Without any sign: "đường" is "duong"."""
    return unicodedata.normalize("NFD", word).translate(_MARKS).replace("đ", "d").replace("Đ", "D")


_PLAIN_RHYMES: Final = frozenset(plain(r) for r in _RHYMES)


@lru_cache(8192)
def is_syllable(word: str) -> bool:
    """Whether it can be said as one Vietnamese syllable, in whatever case, signs written or left out throughout."""
    low = toneless(word.lower())
    rhymes = _PLAIN_RHYMES if low.isascii() else _RHYMES
    return any(low[:n] in _ONSETS and low[n:] in rhymes for n in range(min(4, len(low))))


def has_sign(word: str) -> bool:
    """Whether it has a letter that only Vietnamese has."""
    return not word.isascii() and plain(word).isascii()
