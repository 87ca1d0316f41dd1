import io
import json
import subprocess
import sys

import pytest

from broadcast.cli import main


@pytest.fixture
def lexicon(tmp_path):
    def write(text):
        file = tmp_path / "own.tsv"
        file.write_text(text, "utf-8")
        return str(file)

    return write


def test_a_text_is_read(capsys):
    assert main(["read", "ngày 2/9"]) == 0
    assert capsys.readouterr().out == "ngày hai tháng chín\n"


def test_the_north_has_its_own_words(capsys):
    assert main(["read", "--north", "1.005 hộ"]) == 0
    assert capsys.readouterr().out == "một nghìn không trăm linh năm hộ\n"


def test_a_file_is_read_line_by_line_in_order_with_empty_lines_kept(tmp_path, capsys):
    file = tmp_path / "bulletin.txt"
    file.write_bytes("ngày 2/9\r\n\r\n5-11 tuổi\u2028UBND\n".encode())
    assert main(["read", "--file", str(file)]) == 0
    assert capsys.readouterr().out == "ngày hai tháng chín\n\nnăm đến mười một tuổi ủy ban nhân dân\n"


def test_standard_input_is_a_file_too(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("7h30\n24 giờ".encode()), "utf-8"))
    assert main(["read", "--file", "-"]) == 0
    assert capsys.readouterr().out == "bảy giờ ba mươi phút\nhai mươi bốn giờ\n"


def test_the_explanation_is_a_table_of_what_is_not_said_as_written(capsys):
    assert main(["read", "--explain", "UBND cấp 3/4 số gạo"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 3
    assert "ủy ban nhân dân" in rows[1]
    assert "ba phần tư" in rows[2]
    assert "ba tháng tư" in rows[2]


def test_the_explanation_as_json_covers_every_word(capsys):
    assert main(["read", "--explain", "--json", "xã 2/9"]) == 0
    word, date = json.loads(capsys.readouterr().out)
    assert (word["text"], word["kind"], word["words"]) == ("xã", "word", "xã")
    assert (date["start"], date["end"], date["kind"], date["words"]) == (3, 6, "date", "hai tháng chín")


def test_ones_own_table_stands_above_the_shipped_one(lexicon, capsys):
    assert main(["read", "--lexicon", lexicon("UBND\tủy ban\nSuối Ông Hùng\tsuối ông Hùng\n"), "UBND"]) == 0
    assert capsys.readouterr().out == "ủy ban\n"


@pytest.mark.parametrize("line", ["UBND", "UBND\t", "UBND\t50 người", "UBND\tủy ban\ttruoc=xã", "x" * 201 + "\tx"])
def test_a_bad_line_of_a_table_is_refused_by_file_and_number(lexicon, capsys, line):
    file = lexicon(f"# words\nTYT\ttrạm y tế\n{line}\n")
    assert main(["read", "--lexicon", file, "x"]) == 2
    told = capsys.readouterr().err
    assert file in told
    assert "dòng 3" in told


def test_what_cannot_be_read_is_said(tmp_path, capsys):
    assert main(["read", "--file", str(tmp_path / "none.txt")]) == 2
    assert "none.txt" in capsys.readouterr().err
    assert main(["read"]) == 2
    assert "--file" in capsys.readouterr().err


def test_a_line_in_an_old_encoding_is_named_and_the_others_are_read(tmp_path, capsys):
    file = tmp_path / "mixed.txt"
    file.write_text("số 5\nĐường x· héi chñ nghÜa ViÖt Nam khóa học giữ gìn\nsố 6\n", "utf-8")
    assert main(["read", "--file", str(file)]) == 1
    out = capsys.readouterr()
    assert out.out == "số năm\n\nsố sáu\n"
    assert "dòng 2" in out.err
    assert "TCVN3" in out.err


def test_it_starts_without_the_server_and_without_a_settings_file(tmp_path):
    heavy = "nicegui", "sqlalchemy", "av", "numpy", "httpx", "paho"
    loaded = f"print([m for m in {heavy} if m in sys.modules])"
    code = f"import sys; from broadcast import cli; cli.main(['read', '5']); {loaded}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "năm\n[]\n"
