import itertools
import re
import stat
from base64 import b64encode
from typing import get_type_hints

import msgspec
import pytest

import devices.receiver.settings as module
from devices import signing
from devices.receiver import health
from devices.receiver.enrolment import IDENTITY_FILE, SETTINGS_FILE, make_kit
from devices.receiver.modes import MOVES, Event, Mode, after
from devices.receiver.settings import BadSettings, Broker, Settings, Sound, load

KEY = b64encode(bytes(32)).decode()
GOOD = f'id = "ch-01"\n[server_keys]\nserver-1 = "{KEY}"\n'


def write(tmp_path, text):
    path = tmp_path / "receiver.toml"
    path.write_text(text, "utf-8")
    return path


def fault(tmp_path, text):
    with pytest.raises(BadSettings) as caught:
        load(write(tmp_path, text))
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


def test_what_is_not_said_has_its_default(tmp_path):
    settings = load(write(tmp_path, GOOD))
    assert (settings.id, settings.broker, settings.sound) == ("ch-01", Broker(), Sound())
    assert settings.believed == {"server-1": bytes(32)}
    assert settings.folder == tmp_path
    assert settings.wav_folder == tmp_path / "wav"
    assert settings.password() == ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("idd = 1\n" + GOOD, ["idd", "“id”"]),
        (GOOD + "[broker]\nprot = 1", ["broker.prot", "“broker.port”"]),
        (GOOD + "[broker]\nport = 0", ["broker.port", "port = 1883"]),
        (GOOD + '[sound]\nsink = "horn"', ["sound.sink", 'sink = "auto"']),
        (GOOD.replace("ch-01", "Cụm 1"), ["“id”", 'id = "ch-xa-thanh-duc-01"']),
        (GOOD.replace(KEY, "AAAA"), ["server_keys.server-1", "base64, 32"]),
        (GOOD.replace(KEY, "not base64!"), ["server_keys.server-1"]),
        ('id = "ch-01"\n', ["server_keys", "[server_keys]"]),
        ('id = "ch-01"\n[server_keys]\n', ["server_keys.server-1"]),
        (f'[server_keys]\nserver-1 = "{KEY}"\n', ["“id”"]),
        ("broker = 3\n" + GOOD, ["[broker]"]),
        ("server_keys = 3\nid = 'x'", ["[server_keys]"]),
        ("id = ", ["TOML"]),
        (GOOD + '[log]\nsomething_quite_else = ""', ["log.something", "log.format, log.level"]),
    ],
)
def test_every_fault_names_file_and_key_and_says_what_to_write(tmp_path, text, names):
    said = fault(tmp_path, text)
    assert "receiver.toml" in said
    for name in names:
        assert name in said
    vietnamese, english = said.split("\n", 1)
    assert re.search("[ạảãáàâăêôơưđ]", vietnamese)
    assert english.isascii() or "“" in english


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(BadSettings) as caught:
        load(write(tmp_path, "x = 1\n[broker]\nport = 'y'\nqq = 1\n"))
    assert len(caught.value.faults) == 5


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadSettings, match="Không đọc được"):
        load(tmp_path / "nothing.toml")


def test_a_password_file_that_is_not_there_is_told(tmp_path):
    settings = load(write(tmp_path, GOOD + '[broker]\npassword_file = "secret"\n'))
    with pytest.raises(BadSettings, match="secret"):
        settings.password()
    (tmp_path / "secret").write_text("s3\n")
    assert settings.password() == "s3"


def test_every_setting_stands_in_the_description():
    described = module.__doc__
    for name, kind in get_type_hints(Settings).items():
        if name == "file":
            continue
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            assert f"[{name}]" in described
            for key in kind.__struct_fields__:
                assert re.search(rf"^ *{key} = ", described, re.MULTILINE), f"{name}.{key}"
        else:
            assert re.search(rf"^ *(\[{name}\]|{name} = )", described, re.MULTILINE), name


def test_a_kit_can_be_loaded_and_keeps_its_identity(tmp_path):
    folder = tmp_path / "kits" / "ch-01"
    keys = {"server-1": b"k" * 32}
    broker = Broker(host="máy-chủ.example", port=8883, username="ch-01", tls=True)
    public = make_kit(folder, "ch-01", broker, keys, Sound(sink="wav"), password='mật "khẩu"')
    settings = load(folder / SETTINGS_FILE)
    assert (settings.id, settings.believed) == ("ch-01", keys)
    assert (settings.broker.host, settings.broker.port, settings.broker.tls) == ("máy-chủ.example", 8883, True)
    assert settings.sound.sink == "wav"
    assert settings.password() == 'mật "khẩu"'
    assert signing.load_or_make(folder / IDENTITY_FILE, "ch-01").public == public
    for secret in (IDENTITY_FILE, settings.broker.password_file):
        assert stat.S_IMODE((folder / secret).stat().st_mode) == 0o600
    assert make_kit(folder, "ch-01", Broker(port=1), keys) == public
    assert load(folder / SETTINGS_FILE).broker.port == 1


def test_a_kit_has_a_name_that_can_stand_in_a_topic(tmp_path):
    with pytest.raises(ValueError, match="identifier"):
        make_kit(tmp_path, "Cụm loa 1", Broker(), {})


@pytest.mark.parametrize(("mode", "event"), [*itertools.product(Mode, Event)])
def test_every_pair_of_mode_and_event_has_its_answer(mode, event):
    moved = after(mode, event)
    assert moved is MOVES.get((mode, event), mode)
    if mode is Mode.STOPPING:
        assert moved is Mode.STOPPING
    if event is Event.STOP:
        assert moved is Mode.STOPPING


def test_every_mode_can_be_reached():
    reached = {Mode.STARTING}
    for _ in Mode:
        reached |= {after(m, e) for m in reached for e in Event}
    assert reached == set(Mode)


def test_health_tells_what_the_machine_tells(tmp_path):
    for zone, text in enumerate(["45000\n", "61500\n", "nonsense", "999000"]):
        (tmp_path / f"thermal_zone{zone}").mkdir()
        (tmp_path / f"thermal_zone{zone}" / "temp").write_text(text)
    look = health.look(tmp_path, thermal=tmp_path)
    assert look.temperature_c == 61.5
    assert look.disk_free_mb is not None
    nowhere = health.look(tmp_path / "nothing", thermal=tmp_path / "nothing")
    assert (nowhere.disk_free_mb, nowhere.temperature_c) == (None, None)
