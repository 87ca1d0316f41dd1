import json
import logging

import pytest
import structlog

from broadcast.telemetry import start_logs, strike_secrets


@pytest.fixture(autouse=True)
def _logs_as_they_were():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_json_logs_are_one_object_a_line_ours_and_the_libraries(tmp_path):
    file = tmp_path / "logs" / "server.log"
    start_logs("json", "info", file)
    structlog.stdlib.get_logger("broadcast.x").info("placed", slot=3, title="Tiêm chủng")
    logging.getLogger("library").warning("old %s", "news")
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["placed", "old news"]
    assert lines[0]["title"] == "Tiêm chủng"
    assert {"level", "logger", "timestamp"} <= set(lines[0])


def test_an_exception_stays_on_one_line_of_json(tmp_path):
    start_logs("json", "info", tmp_path / "log")
    try:
        raise ValueError("wrong")
    except ValueError:
        structlog.stdlib.get_logger("x").exception("it failed")
    (line,) = (tmp_path / "log").read_text("utf-8").splitlines()
    assert "ValueError: wrong" in json.loads(line)["exception"]


def test_readable_logs_are_for_people(tmp_path):
    start_logs("readable", "warning", tmp_path / "log")
    structlog.stdlib.get_logger("x").info("not shown")
    structlog.stdlib.get_logger("x").warning("shown", slot=3)
    text = (tmp_path / "log").read_text("utf-8")
    assert "shown" in text
    assert "slot=3" in text
    assert "not shown" not in text


@pytest.mark.parametrize(
    "name", ["password", "broker_password", "storage_secret", "csrf_token", "Cookie", "private_key"]
)
def test_what_sounds_secret_is_struck_out(name):
    assert strike_secrets(None, "info", {"event": "x", name: "hunter2"})[name] == "***"
