"""Commands whose output others rely on, run as a person or a script runs them."""

import json
import socket
import subprocess
import sys
import wave
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
LOALANG = [sys.executable, "-m", "broadcast.cli"]


def run(*words: str, cwd: Path, limit: float = 170) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*LOALANG, *words], cwd=cwd, capture_output=True, text=True, timeout=limit, check=False)


def test_demo_once_gives_one_json_object_and_three_wavs_that_are_the_clip(tmp_path):
    done = run("demo", "--once", "--json", "--text", "Hôm nay trời nắng, bà con phơi lúa.", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert set(result) == {"clip", "deliveries"}
    assert len(result["clip"]["sha256"]) == 64
    assert result["clip"]["seconds"] > 2
    assert len({row["receiver"] for row in result["deliveries"]}) == 3
    for row in result["deliveries"]:
        assert row["outcome"] == "played"
        assert row["planned_at"] < row["started_at"] or row["start_error_ms"] <= 0
        assert row["peak"] > 0.9
        assert row["same_sound"] is True
        with wave.open(row["wav"]) as sound:
            assert sound.getsampwidth() == 2
            seconds = sound.getnframes() / sound.getframerate()
        assert seconds == pytest.approx(row["played_ms"] / 1000, abs=0.1)
        assert seconds == pytest.approx(result["clip"]["seconds"], abs=0.1)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_aloud_is_refused_in_a_sentence(tmp_path):
    done = run("demo", "--once", "--json", "--text", "🎉🎉🎉", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "chỉ có ký hiệu" in done.stderr


def test_chaos_loses_nothing_and_doubles_nothing(tmp_path):
    done = run("chaos", "--kills", "3", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] == 3
    assert result["airings"] >= 4
    assert (result["lost"], result["doubled"]) == (0, 0), f"seed {result['seed']}: {result}"


@pytest.mark.parametrize(("taken", "free"), [("server.port", "broker.port"), ("broker.port", "server.port")])
def test_a_taken_port_is_named_with_the_setting_that_changes_it(tmp_path, taken, free):
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as spare:
        ports = {taken: other.getsockname()[1], free: spare.getsockname()[1]}
        spare.close()
        (tmp_path / "config.toml").write_text(
            f"[server]\nport = {ports['server.port']}\n[broker]\nport = {ports['broker.port']}\n"
        )
        done = run("demo", cwd=tmp_path, limit=60)
    assert done.returncode == 1
    assert str(ports[taken]) in done.stderr
    assert taken in done.stderr


def test_a_user_is_added_with_a_password_that_is_shown_once(tmp_path):
    done = run("user", "add", "--login", "lan", "--role", "operator", "--area", "Xã Thạnh Đức", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Mật khẩu" in done.stdout
    again = run("user", "add", "--login", "lan", "--role", "operator", "--area", "Xã Thạnh Đức", cwd=tmp_path)
    assert again.returncode == 1
    assert "lan" in again.stderr
    wrong = run("user", "add", "--login", "hoa", "--role", "operator", "--area", "thanh duk", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "xa-thanh-duc-25657" in wrong.stderr


def test_a_receiver_is_enrolled_into_a_folder_of_its_own(tmp_path):
    words = ["enrol", "--id", "thanh-duc-09", "--area", "xa-thanh-duc-25657", "--name", "Ấp Bến Mương"]
    done = run(*words, "--folder", "kit", "--broker", "mqtt.example.vn:8883", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "kit" / "receiver.toml").read_text("utf-8")
    assert "mqtt.example.vn" in made
    assert "8883" in made
    assert oct((tmp_path / "kit" / "identity.key").stat().st_mode)[-3:] == "600"


def test_a_folder_that_a_server_works_on_is_not_shared(tmp_path):
    import fcntl  # noqa: PLC0415 - only here

    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run("demo", cwd=tmp_path, limit=60)
    assert done.returncode == 1
    assert "đang được một máy chủ Loa Làng khác dùng" in done.stderr
