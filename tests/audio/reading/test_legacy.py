import pytest

from audio.reading import LegacyEncoding, explain, read

MODERN = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc"


@pytest.mark.parametrize(
    "old",
    [
        "Céng hßa x· héi chñ nghÜa ViÖt Nam, ®éc lËp, tù do, h¹nh phóc",
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, ñoäc laäp, töï do, haïnh phuùc",
    ],
)
def test_an_old_encoding_is_converted_when_it_is_sure(old):
    assert read(old) == MODERN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kính gửi: x· héi chñ nghÜa ViÖt Nam", "tcvn3"),
        ("Đường vào xaõ, hoäi nghò, chuû tòch, Vieät Nam", "vni"),
    ],
)
def test_a_mixture_is_refused(text, code):
    with pytest.raises(LegacyEncoding) as refused:
        read(text)
    assert refused.value.code == code
    with pytest.raises(LegacyEncoding):
        explain(text)


@pytest.mark.parametrize(
    "text",
    [
        MODERN,
        "hoà, hoá, thuỷ, khoẻ, quý, loà xoà, ngoài",
        "Größe für Straße über Köln",
        "déjà vu à la façon",
        "São Paulo, Köln, Malmö",
        "Pokémon",
    ],
)
def test_what_is_no_old_encoding_stays(text):
    assert read(text) == text
