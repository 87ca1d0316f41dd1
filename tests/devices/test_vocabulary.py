"""The shared words: identifiers out of Vietnamese names, and the order of levels."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.vocabulary import SLUG_LENGTH, Level, Siren, is_hash, is_slug, slug


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Xã Thạnh Đức", "xa-thanh-duc"),
        ("Huyện Gò Dầu", "huyen-go-dau"),
        ("Tỉnh Tây Ninh", "tinh-tay-ninh"),
        ("Phường Ninh Thạnh", "phuong-ninh-thanh"),
        ("Thị trấn Dương Minh Châu", "thi-tran-duong-minh-chau"),
        ("Ấp Bình Hòa 2", "ap-binh-hoa-2"),
        ("  Đ.T. 782 / Km 5  ", "d-t-782-km-5"),
        ("Xã Phước Vinh (cũ)", "xa-phuoc-vinh-cu"),
        ("ĂÂĐÊÔƠƯ ăâđêôơư", "aadeoou-aadeoou"),
        ("", ""),
        ("---", ""),
        ("日本", ""),
        ("📢", ""),
        ("ﬁ ²", ""),
    ],
)
def test_a_vietnamese_name_gives_its_identifier(name, identifier):
    assert slug(name) == identifier


def test_a_name_gives_the_same_identifier_however_its_accents_are_encoded():
    name = "Xã Thạnh Đức, ấp Rộc A"
    assert slug(unicodedata.normalize("NFC", name)) == slug(unicodedata.normalize("NFD", name))


@given(st.text())
def test_whatever_is_written_the_identifier_may_stand_in_a_topic_or_is_empty(text):
    made = slug(text)
    assert made == "" or is_slug(made)
    assert slug(made) == made


def test_a_long_name_is_cut_and_does_not_end_in_a_hyphen():
    made = slug("a" * (SLUG_LENGTH - 1) + " bcd")
    assert made == "a" * (SLUG_LENGTH - 1)


@pytest.mark.parametrize(
    "text", ["", "-", "a-", "-a", "a--b", "A", "a b", "xã", "a\n", "a" * 65, "a/b", "a+", "#", "٣"]
)
def test_what_is_no_identifier(text):
    assert not is_slug(text)


@pytest.mark.parametrize("text", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", "٣" * 64])
def test_what_is_no_hash(text):
    assert not is_hash(text)


def test_levels_are_ranked_from_low_to_high():
    assert [level.rank for level in (Level.ROUTINE, Level.PRIORITY, Level.EMERGENCY)] == [0, 1, 2]


def test_a_siren_of_a_newer_server_is_one_that_is_here_rather_than_none():
    assert Siren("wail-2030") is Siren.WAIL
    assert msgspec.json.decode(b'"wail-2030"', type=Siren) is Siren.WAIL
