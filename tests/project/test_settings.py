import tomllib
from pathlib import Path

import msgspec
import pytest

from broadcast.cli import main
from broadcast.settings import BadSettings, Settings, as_toml, load

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_shipped_file_holds_every_setting_with_its_default():
    shipped = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    assert shipped == msgspec.json.decode(msgspec.json.encode(Settings()))


def test_every_line_of_the_shipped_file_says_what_it_is_for():
    for line in (ROOT / "config.toml").read_text("utf-8").splitlines():
        if " = " in line and not line.startswith("#"):
            assert len(line.partition("# ")[2]) > 10, line


def test_every_setting_stands_in_the_reference():
    reference = (ROOT / "docs" / "reference.md").read_text("utf-8")
    for section, values in msgspec.to_builtins(Settings()).items():
        for key in values:
            assert f"`{section}.{key}`" in reference


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOALANG_CONFIG", raising=False)
    assert load() == Settings()


def test_what_is_written_is_read_back(tmp_path):
    settings = msgspec.structs.replace(Settings(), server=msgspec.structs.replace(Settings().server, port=9999))
    assert load(write(tmp_path, as_toml(settings))) == settings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[server]\nprot = 1\n", ["server.prot", "server.port"]),
        ("[sever]\nport = 1\n", ["sever", "server"]),
        ("[server]\nport = 70000\n", ["server.port", "70000", "8080"]),
        ("[server]\nport = 'x'\n", ["server.port", "8080"]),
        ("[speech]\nengines = ['alexa']\n", ["speech.engines", "gtts"]),
        ("[schedule]\nquiet_from = '25:00'\n", ["schedule.quiet_from", "22:00"]),
        ("server = 3\n", ["server", "[server]"]),
        ("[server\n", ["TOML"]),
    ],
)
def test_every_error_names_file_key_and_what_to_write(tmp_path, text, told):
    file = write(tmp_path, text)
    with pytest.raises(BadSettings) as refused:
        load(file)
    sentence = "\n".join(refused.value.faults)
    assert all(word in sentence for word in [str(file), *told])


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(BadSettings) as refused:
        load(write(tmp_path, "[server]\nport = 0\nprot = 1\n[login]\ntries = 1\n"))
    assert len(refused.value.faults) == 3


def test_the_command_checks_a_file(tmp_path, capsys):
    assert main(["config", "check", str(write(tmp_path, "[server]\nport = 9000\n"))]) == 0
    assert "hợp lệ" in capsys.readouterr().out
    assert main(["config", "check", str(write(tmp_path, "[server]\nprot = 9000\n"))]) == 2
    told = capsys.readouterr().err
    assert "server.prot" in told
    assert "did you mean" in told
    assert main(["config", "check", str(tmp_path / "none.toml")]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_the_broker_password_comes_from_the_environment_alone(monkeypatch):
    monkeypatch.setenv("LOALANG_BROKER_PASSWORD", "from outside")
    assert Settings().broker_password == "from outside"
