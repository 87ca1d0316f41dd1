"""Documents become the text of a bulletin, whoever made them and whatever is wrong with them."""

import asyncio
import contextlib
import shutil
import subprocess
import unicodedata
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from broadcast.documents import importing
from broadcast.documents.document_text import decoded
from broadcast.documents.importing import Bounds
from broadcast.domain.refusals import Refusal

DOCUMENTS = Path(__file__).parent
TITLE = "Thông báo lịch tạm ngừng cung cấp điện từ ngày 27 đến ngày 29 tháng 11 năm 2026"
BEGIN = """Thực hiện kế hoạch bảo trì lưới điện năm 2026, Điện lực Gò Dầu thông báo lịch tạm ngừng cung cấp điện \
trên địa bàn xã Thạnh Đức để bà con được biết, chủ động sắp xếp sinh hoạt và sản xuất trong những ngày này.

Lịch cụ thể như sau:

Ngày: 27/11; Giờ: 7:30 - 16:00; Nơi ngừng điện: Ấp Bến Mương.

Ngày: 28/11; Giờ: 8:00 - 11:30; Nơi ngừng điện: Ấp Bến Chò, ấp Bông Trang.

Ngày: 29/11; Giờ: 13:00 - 17:00; Nơi ngừng điện: Ấp Bến Đình.

Bà con cần làm những việc sau:

1. Sạc đèn pin, điện thoại.

2. Bơm trữ nước.

3. Rút phích cắm các thiết bị điện.

Ai cần hỏi thêm:

- gọi tổng đài 1900 1006;

- đến bộ phận một cửa của xã.

Trong thời gian ngừng điện, lưới điện vẫn coi như đang có điện."""
PAPER = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Nơi nhận:", "Lưu: VT", "Trang 1", "Trung tâm Văn hóa", "15/TB-UBND")


@pytest.fixture
def take(desk, staff):
    async def take(file, name="", **bounds):
        limits = {"bounds": Bounds(**bounds)} if bounds else {}
        return await importing.take_in(desk, staff, name or file.name, file, **limits)

    return take


@pytest.fixture
def no(desk, staff, refused):
    async def no(file):
        return (await refused(importing.take_in(desk, staff, file.name, file))).code

    return no


@pytest.mark.parametrize("name", ["notice.docx", "notice.pdf"])
async def test_text_lists_and_tables_are_read_in_their_order_and_paper_is_left_out(take, name):
    found = await take(DOCUMENTS / name)
    assert found.title == TITLE
    assert found.text.replace("– ", "- ").startswith(BEGIN)
    assert found.text.count("Ấp thứ ") == 10
    assert "làm bánh tráng đang hoạt động ban đêm.\n\nẤp thứ hai" in found.text
    assert not [p for p in PAPER if p in found.text]
    left = " ".join(found.left_out)
    assert "Nơi nhận" in left
    assert ("Trang 2" in left) == (name == "notice.pdf")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
async def test_what_this_machines_office_writes_is_read_the_same(take, tmp_path):
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    for kind in ("docx", "pdf"):
        command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", tmp_path, DOCUMENTS / "notice.fodt"]
        run = partial(subprocess.run, [str(c) for c in command], check=True, capture_output=True, timeout=120)
        await asyncio.to_thread(run)
        assert (await take(tmp_path / f"notice.{kind}")).text.replace("– ", "- ").startswith(BEGIN)


def container(file, document, **more):
    with ZipFile(DOCUMENTS / "notice.docx") as made, ZipFile(file, "w", ZIP_DEFLATED) as out:
        for name in made.namelist():
            out.writestr(name, document if name == "word/document.xml" else made.read(name))
        for name, content in more.items():
            out.writestr(name, content)
    return file


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def words(*paragraphs):
    return f'<?xml version="1.0"?><w:document {W}><w:body>{"".join(paragraphs)}<w:sectPr/></w:body></w:document>'


def p(inner):
    return f"<w:p>{inner}</w:p>"


def r(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


async def test_what_was_deleted_or_hidden_is_not_read_and_what_was_put_in_is(take, tmp_path):
    body = words(
        p(r("Một ") + f"<w:ins>{r('hai ')}</w:ins><w:del><w:r><w:delText>ba </w:delText></w:r></w:del>{r('bốn.')}"),
        p(r("Lộ. ") + r("Kín.", "<w:vanish/>")),
        p("<w:hyperlink><w:r><w:t>Nối.</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>"),
    )
    found = await take(container(tmp_path / "a.docx", body))
    assert found.text == "Một hai bốn.\n\nLộ.\n\nNối."


async def test_html_like_and_formula_like_text_stays_text(take, no, tmp_path):
    found = await take(container(tmp_path / "a.docx", words(p(r("=1+1 &amp; 2 &lt; 3 {x} %s.")))))
    assert found.text == "=1+1 & 2 < 3 {x} %s."
    assert await no(container(tmp_path / "b.docx", words(p(r("&lt;script&gt;x&lt;/script&gt;"))))) == "text-markup"


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "a" * 1000 + '">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcdef", "bcdefg", strict=True)
) + f"]><w:document {W}><w:body><w:p><w:r><w:t>&g;</w:t></w:r></w:p></w:body></w:document>"  # fmt: skip


async def test_bombs_are_refused_within_bounds(no, tmp_path):
    assert await no(container(tmp_path / "entities.docx", BOMB)) in {"import-broken", "import-heavy", "import-empty"}
    assert await no(container(tmp_path / "zeros.docx", words(), zeros=b"\0" * 80_000_000)) == "import-heavy"
    deep = words("<w:sdt>" * 20_000 + p(r("x")) + "</w:sdt>" * 20_000)
    assert await no(container(tmp_path / "deep.docx", deep)) in {"import-broken", "import-heavy", "import-empty"}


async def test_a_file_that_takes_too_long_or_too_much_is_given_up(desk, staff, refused):
    for bounds in (Bounds(wall_s=0.05), Bounds(memory_mb=40)):
        attempt = importing.take_in(desk, staff, "a.pdf", DOCUMENTS / "notice.pdf", bounds)
        assert (await refused(attempt)).code in {"import-heavy", "import-broken"}


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pdf(*streams):
    """A PDF with a page for each content stream, made by hand."""
    kids = " ".join(f"{3 + 2 * i} 0 R" for i in range(len(streams)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(streams)}>>".encode()]
    for i, stream in enumerate(streams):
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {4 + 2 * i} 0 R>>".encode())
        objects.append(f"<</Length {len(stream)}>>\nstream\n".encode() + stream + b"\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + (
        b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", pdf(b"0 0 10 10 re f"), "import-scanned"),
        ("a.pdf", pdf(*[b""] * 101), "import-pages"),
        ("a.pdf", b"%PDF-1.7 nothing more", "import-broken"),
        ("a.docx", b"PK\x03\x04 nothing more", "import-broken"),
        ("a.doc", OLE + bytes(600), "import-old-word"),
        ("a.docx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "import-encrypted"),
        ("a.txt", b"", "import-empty"),
        ("a.txt", b" \n\t \n", "import-empty"),
        ("a.txt", bytes(range(32)) * 9, "import-not-text"),
        ("a.rtf", b"{\\rtf1 x}", "import-kind"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "import-kind"),
        ("a.html", b"<!DOCTYPE html><p>x", "import-kind"),
        ("a.txt", ("chữ " * 6_000).encode(), "text-long"),
    ],
)  # fmt: skip
async def test_every_refusal_says_what_to_do(no, tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    assert await no(tmp_path / name) == code


async def test_a_workbook_an_encrypted_pdf_and_a_file_too_large_are_refused(no, tmp_path, monkeypatch):
    with ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
    assert await no(tmp_path / "a.xlsx") == "import-kind"
    assert await no(DOCUMENTS / "locked.pdf") == "import-encrypted"
    monkeypatch.setattr(importing, "LIMIT_MB", 0)
    assert await no(DOCUMENTS / "notice.pdf") == "import-large"


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("name", ["notice.docx", "notice.pdf"])
async def test_a_file_cut_off_is_refused_or_read_and_nothing_else(desk, staff, tmp_path, name, share):
    whole = (DOCUMENTS / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
    with contextlib.suppress(Refusal):
        assert (await importing.take_in(desk, staff, name, tmp_path / name)).text


async def test_who_may_not_write_may_not_import(desk, auditor, refused):
    attempt = importing.take_in(desk, auditor, "a.pdf", DOCUMENTS / "notice.pdf")
    assert (await refused(attempt)).code == "not-allowed"


LETTERS = "Kính thưa bà con cô bác! Ngày mai, trạm y tế xã tổ chức tiêm phòng cho trẻ em tại nhà văn hóa ấp."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_a_text_file_is_read_in_every_form_of_unicode(take, tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(LETTERS.encode(encoding))
    assert (await take(tmp_path / "a.txt")).text == LETTERS


def test_windows_1258_and_the_bytes_of_old_fonts_are_read():
    old = "Kính thưa bà con, ngày mai trạm y tế tổ chức tiêm phòng"
    bytes_1258 = _as_1258(old)
    assert decoded(bytes_1258) == old
    tcvn = "KÝnh th­a bµ con, ngµy mai tr¹m y tÕ tæ chøc tiªm phßng".encode("cp1252")
    assert decoded(tcvn) == old


def _as_1258(text):
    """Windows-1258 writes five tones as signs of their own."""
    out = b""
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            marks = [t for t in parts if t in "\u0300\u0301\u0303\u0309\u0323"]
            base = unicodedata.normalize("NFC", "".join(t for t in parts if t not in marks))
            out += base.encode("cp1258") + "".join(marks).encode("cp1258")
    return out


async def test_lines_that_a_program_broke_are_joined_and_a_list_is_not(take, tmp_path):
    (tmp_path / "a.txt").write_text(
        "HỌP DÂN\n\nỦy ban nhân dân xã kính mời bà con ấp Bến Đình đến dự buổi họp\n"
        "bàn về việc mở rộng đường liên ấp, đóng góp ý kiến về thiết kế và về\n"
        "cách giám sát của cộng đồng.\n\n- giấy mời\n- căn cước\n-----\n",
        "utf-8",
    )
    found = await take(tmp_path / "a.txt")
    assert found.title == "Họp dân"
    assert found.text == (
        "Ủy ban nhân dân xã kính mời bà con ấp Bến Đình đến dự buổi họp bàn về việc mở rộng đường liên ấp, "
        "đóng góp ý kiến về thiết kế và về cách giám sát của cộng đồng.\n\n- giấy mời\n\n- căn cước"
    )


async def test_a_name_is_shown_without_its_folders_and_is_the_title_where_there_is_none(take, tmp_path):
    (tmp_path / "a").write_text("Bà con chú ý.", "utf-8")
    found = await take(tmp_path / "a", "C:\\Tài liệu\\Lịch\tcúp điện.txt")
    assert (found.name, found.title) == ("Lịchcúp điện.txt", "Lịchcúp điện")
