"""What any child may do."""

import os
import sys
import time
from pathlib import Path

import pytest

from audio.gtts_engine import GttsEngine
from audio.speech import Manner, SpeechCancelled, SpeechFailed, SpeechTimeout

LIMIT_S = 30
ROOT = Path(__file__).parents[3]


def stand_in(tmp_path, program):
    """An engine whose worker is this program; it leaves its process id behind."""
    path = tmp_path / "worker.py"
    path.write_text(
        "import sys, json, time, os, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "request = json.loads(sys.stdin.readline())\n"
        "def say(**news): print(json.dumps(news), flush=True)\n" + program
    )
    return GttsEngine(1.0, (sys.executable, str(path)))


def is_gone(tmp_path):
    return not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


@pytest.mark.parametrize(
    "program",
    ["sys.exit(3)", "os.abort()", "print('Segmentation fault', flush=True); time.sleep(60)", "say(made='x')", "say()"],
)
def test_a_child_that_breaks_or_talks_nonsense_has_crashed(tmp_path, say, program):
    with pytest.raises(SpeechFailed) as caught:
        say(stand_in(tmp_path, program), "a")
    assert caught.value.code == "crashed"
    assert is_gone(tmp_path)


def test_a_child_that_says_no_is_quoted(tmp_path, say):
    with pytest.raises(SpeechFailed) as caught:
        say(stand_in(tmp_path, "say(failed='quota', detail='hết tiền')"), "a")
    assert (caught.value.code, caught.value.detail) == ("quota", "hết tiền")


def test_a_child_that_is_silent_is_killed_at_its_limit(tmp_path, say):
    with pytest.raises(SpeechTimeout):
        say(stand_in(tmp_path, "time.sleep(600)"), "a")
    assert is_gone(tmp_path)


def test_every_line_gives_a_child_its_limit_anew(tmp_path, say):
    program = "for i in range(5):\n    time.sleep(0.3)\n    say()\n    say(made=i)\nsay(done=True)"
    assert say(stand_in(tmp_path, program), "a").made == [0, 1, 2, 3, 4]


def test_a_child_is_killed_when_it_is_no_longer_wanted(tmp_path, say):
    with pytest.raises(SpeechCancelled):
        say(stand_in(tmp_path, "time.sleep(600)"), "a", cancelled=(tmp_path / "pid").exists)
    assert is_gone(tmp_path)


def test_what_is_raised_over_a_job_ends_the_child(tmp_path):
    def made(number):
        raise SpeechFailed("empty", str(number))

    with pytest.raises(SpeechFailed) as caught:
        stand_in(tmp_path, "say(made=0); time.sleep(600)").speak([], Manner(), made, lambda: False)
    assert caught.value.code == "empty"
    assert is_gone(tmp_path)


def test_a_program_that_is_not_there_has_crashed(tmp_path, say):
    with pytest.raises(SpeechFailed) as caught:
        say(GttsEngine(1.0, (str(tmp_path / "none"),)), "a")
    assert caught.value.code == "crashed"


def test_a_worker_ends_when_its_parent_is_killed(tmp_path):
    worker = (
        "import os, pathlib, time\nfrom audio import worker\n"
        f"def work(request, tell):\n    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\nworker.run(work)\n"
    )
    parent = (
        "import sys\nfrom audio.gtts_engine import GttsEngine\nfrom audio.speech import Manner\n"
        f"GttsEngine(600, (sys.executable, '-c', {worker!r}))"
        ".speak([], Manner(), lambda s: None, lambda: False)\n"
    )
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", parent], {**os.environ, "PYTHONPATH": str(ROOT)})
    until = time.monotonic() + LIMIT_S
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    while not is_gone(tmp_path):
        assert time.monotonic() < until
        time.sleep(0.02)
