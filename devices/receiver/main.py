"""`loalang-receiver --config receiver.toml`: start each part, run, stop in reverse.

Exit codes: 0 ended by a signal, 1 something broke, 2 the settings or the folder need mending, 3 it runs already.
"""

import argparse
import asyncio
import fcntl
import json
import logging
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from devices import signing
from devices.receiver.enrolment import IDENTITY_FILE
from devices.receiver.settings import BadSettings, Settings, load
from devices.receiver.words import say

OK: Final = 0
BROKEN: Final = 1
MEND: Final = 2
RUNNING: Final = 3

log = logging.getLogger("loalang.receiver")


def main() -> None:
    """The command."""
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """The command with these arguments; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="loalang-receiver", description="Cụm loa: phát theo kế hoạch giữ trên máy. / The receiver under the horns."
    )
    parser.add_argument("--config", type=Path, default=Path("receiver.toml"), help="receiver.toml")
    arguments = parser.parse_args(argv)
    try:
        settings = load(arguments.config)
        settings.password()
    except BadSettings as error:
        print(error, file=sys.stderr)
        return MEND
    _log_to_stderr(settings)
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(settings.folder)
        if lock is None:
            print(say("locked", folder=settings.folder), file=sys.stderr)
            return RUNNING
        signer = signing.load_or_make(settings.file.parent / IDENTITY_FILE, settings.id)
    except OSError as error:
        print(say("no-folder", folder=settings.folder, why=error.strerror, file=settings.file), file=sys.stderr)
        return MEND
    except ValueError as error:
        print(say("identity", path=settings.file.parent / IDENTITY_FILE, why=error), file=sys.stderr)
        return MEND
    with lock:
        try:
            return asyncio.run(_serve(settings, signer))
        except (OSError, sqlite3.Error):
            log.exception("the receiver broke")
            return BROKEN


async def _serve(settings: Settings, signer: signing.Signer) -> int:
    # what is heavy is imported once it is known that it is needed: a wrong settings file is told at once
    from devices.mqtt import MqttAddress, MqttLink  # noqa: PLC0415 - see above
    from devices.receiver.agent import Agent, Identity  # noqa: PLC0415 - see above
    from devices.receiver.clock import SystemClock  # noqa: PLC0415 - see above
    from devices.receiver.decode import ClipSource  # noqa: PLC0415 - see above
    from devices.receiver.player import ThreadPlayer  # noqa: PLC0415 - see above
    from devices.receiver.sinks import open_sink  # noqa: PLC0415 - see above
    from devices.receiver.sound import NoSoundCard  # noqa: PLC0415 - see above

    asked = _asked_to_stop()
    clock, sound, broker = SystemClock(), settings.sound, settings.broker
    try:
        sink = await asyncio.to_thread(open_sink, sound.sink, sound.device, settings.wav_folder, clock)
    except NoSoundCard as error:
        print(say("sound", why=error, file=settings.file), file=sys.stderr)
        return MEND
    address = MqttAddress(
        host=broker.host,
        port=broker.port,
        client_id=settings.id,
        username=broker.username,
        password=settings.password(),
        tls=broker.tls,
        tls_ca=str(settings.file.parent / broker.tls_ca) if broker.tls_ca else "",
    )
    me = Identity(settings.id, signer, signing.Keyring(settings.believed))
    agent = Agent(me, settings.folder, MqttLink(address), ThreadPlayer(sink, clock), clock, ClipSource)
    await agent.open()
    log.info("receiver %s plays to %s and calls %s:%d", settings.id, type(sink).__name__, broker.host, broker.port)
    running = asyncio.create_task(agent.run(), name="agent")
    try:
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            log.critical("the receiver broke", exc_info=running.exception())
            return BROKEN
        log.info("asked to end")
        return OK
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await agent.close()


def _asked_to_stop() -> "asyncio.Future[None]":
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[None] = loop.create_future()

    def ask() -> None:
        if not asked.done():
            asked.set_result(None)

    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, ask)
    return asked


def _lock(folder: Path) -> IO[str] | None:
    """The folder's lock, held while the file is open; None where another holds it."""
    file = (folder / "receiver.lock").open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _log_to_stderr(settings: Settings) -> None:
    handler = logging.StreamHandler()
    readable = logging.Formatter(f"%(asctime)s %(levelname)-7s {settings.id} %(name)s: %(message)s")
    handler.setFormatter(_Json() if settings.log.format == "json" else readable)
    logging.basicConfig(handlers=[handler], level=settings.log.level.upper(), force=True)


if __name__ == "__main__":
    main()
