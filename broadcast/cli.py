"""The command `loalang`. Each command is a few lines here; what it does stands in a module of its own."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from broadcast.settings import DEFAULT_FILE, BadSettings, Settings, load
from broadcast.wording import language, refusal, say

Command = Callable[[argparse.Namespace], int]
FAILED: Final = 1
INTERRUPTED: Final = 130
MISUSED: Final = 2
"""Exit status of a command that was given something it cannot use."""
ROLES: Final = ("province", "staff", "operator", "approver", "auditor", "administrator")


def main(argv: list[str] | None = None) -> int:
    """Run a command; its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["receiver"]:
        # the receiver reads its own options: it is a program of its own, which is also installed alone
        from devices.receiver.main import run  # noqa: PLC0415 - each command loads only what it needs

        return run(arguments[1:])
    args = _parser().parse_args(arguments)
    language.set(args.language)
    command: Command = args.run
    try:
        return command(args)
    except BadSettings as error:
        print("\n".join(error.faults), file=sys.stderr)
        return MISUSED
    except KeyboardInterrupt:  # before anything ran
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loalang", description="Loa Làng: hệ thống truyền thanh cơ sở")
    parser.add_argument("--language", choices=("vi", "en"), default="vi", help="ngôn ngữ / language")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Command, words: str, under: "argparse._SubParsersAction[argparse.ArgumentParser] | None" = None
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = (under or commands).add_parser(name, help=words, description=words)
        made.add_argument(
            "--config", type=Path, default=None, metavar="FILE", help=f"mặc định / default: {DEFAULT_FILE}"
        )
        made.set_defaults(run=run)
        return made

    add("serve", _serve, "chạy máy chủ / run the server")
    demo = add("demo", _demo, "máy chủ và ba cụm loa trên máy này / the server and three receivers on this machine")
    demo.add_argument("--once", action="store_true", help="một bản tin, dữ liệu tạm / one bulletin, temporary data")
    demo.add_argument("--json", action="store_true", help="kết quả dạng JSON / the result as JSON")
    demo.add_argument("--text", default="", metavar="T", help="nội dung bản tin / what is read out")
    chaos = add("chaos", _chaos, "tắt ngang bất kỳ lúc nào / SIGKILL at random moments")
    chaos.add_argument("--kills", type=_count, default=20, metavar="N", help="số lần ngắt / how many kills")
    chaos.add_argument("--seed", type=int, default=None, help="lặp lại một lần trước / repeat an earlier run")
    chaos.add_argument("--json", action="store_true", help="kết quả dạng JSON / the result as JSON")
    bench = add("bench", _bench, "các số đo / the figures of docs/performance.md")
    bench.add_argument("--json", action="store_true", help="kết quả dạng JSON / the result as JSON")
    commands.add_parser("receiver", help="chạy một cụm loa / run a receiver (--config receiver.toml)")

    _add_users(commands, add)

    _add_mastering(add("master", _master, "làm tệp âm thanh cho loa / master a sound file for a horn"))
    reading = commands.add_parser("read", help="đọc văn bản thành lời / the words an announcer would say")
    reading.add_argument("text", nargs="?", default="", metavar="VĂN BẢN")
    reading.add_argument("--file", type=Path, default=None, metavar="FILE", help="từng dòng một; - là đầu vào / lines")
    reading.add_argument("--lexicon", type=Path, default=None, metavar="FILE", help="bảng từ riêng / your own table")
    reading.add_argument("--explain", action="store_true", help="giải thích từng từ / what each token was taken for")
    reading.add_argument("--north", action="store_true", help="giọng Bắc: nghìn, linh / the northern words")
    reading.add_argument("--json", action="store_true", help="kết quả dạng JSON / the result as JSON")
    reading.set_defaults(run=_read)

    audit = commands.add_parser("audit", help="nhật ký thao tác / the trail")
    trail = audit.add_subparsers(required=True, metavar="COMMAND")
    _add_trail(
        add("verify", _audit_verify, "kiểm tra từng dòng / check every entry", trail),
        add("head", _audit_head, "mã cuối, để gửi đi nơi khác / its head, to be sent elsewhere", trail),
    )

    config = commands.add_parser("config", help="cấu hình / settings").add_subparsers(required=True, metavar="COMMAND")
    check = add("check", _config_check, "kiểm tra tệp cấu hình / check a settings file", config)
    check.add_argument("file", type=Path, nargs="?", default=None, metavar="FILE")

    enrol = add("enrol", _enrol, "tạo thư mục cho một cụm loa mới / make the folder of a new receiver")
    enrol.add_argument("--id", required=True, metavar="MÃ", help="mã cụm loa / identifier, such as thanh-duc-03")
    enrol.add_argument("--area", required=True, metavar="ĐỊA BÀN")
    enrol.add_argument("--name", required=True, metavar="TÊN")
    enrol.add_argument("--folder", type=Path, required=True, metavar="THƯ MỤC")
    enrol.add_argument("--broker", default="", metavar="HOST:PORT", help="địa chỉ máy chủ tin / address of the broker")
    return parser


def _add_users(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Callable[..., argparse.ArgumentParser]
) -> None:
    user = commands.add_parser("user", help="tài khoản / accounts").add_subparsers(required=True, metavar="COMMAND")
    new = add("add", _user_add, "tạo tài khoản / make an account", user)
    new.add_argument("--login", required=True, metavar="TÊN")
    new.add_argument("--name", default="", metavar="HỌ TÊN")
    new.add_argument("--role", required=True, choices=ROLES)
    new.add_argument(
        "--area", action="append", default=[], metavar="ĐỊA BÀN", help="mã địa bàn / area (nhiều lần / may repeat)"
    )
    new.add_argument(
        "--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào / read it from standard input"
    )
    given = add("give", _user_give, "giao thêm vai trò / give a role besides", user)
    given.add_argument("--login", required=True, metavar="TÊN")
    given.add_argument("--role", required=True, choices=ROLES)
    given.add_argument("--area", action="append", default=[], metavar="ĐỊA BÀN", help="mã địa bàn / area")
    leaving = add("deactivate", _user_deactivate, "ngừng tài khoản / deactivate an account", user)
    leaving.add_argument("--login", required=True, metavar="TÊN")
    add("list", _user_list, "danh sách tài khoản / all accounts", user)
    password = add("password", _user_password, "đặt lại mật khẩu / set a new password", user)
    password.add_argument("--login", required=True, metavar="TÊN")
    password.add_argument(
        "--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào / read it from standard input"
    )


def _add_mastering(mastering: argparse.ArgumentParser) -> None:
    mastering.add_argument("source", type=Path, metavar="IN")
    mastering.add_argument("--out", type=Path, required=True, metavar="OUT", help="tệp .opus")
    mastering.add_argument("--profile", choices=("horn", "indoor", "music"), default="horn")
    mastering.add_argument("--chime", action="store_true", help="nhạc hiệu ở đầu / the chime in front")
    mastering.add_argument("--chime-after", action="store_true", help="nhạc hiệu ở cuối / the chime at the end")
    mastering.add_argument("--json", action="store_true", help="kết quả dạng JSON / the result as JSON")


def _add_trail(verify: argparse.ArgumentParser, head: argparse.ArgumentParser) -> None:
    verify.add_argument("--heads", type=Path, default=None, metavar="FILE", help="các mã đã gửi đi / heads sent away")
    for command in (verify, head):
        command.add_argument("--json", action="store_true", help="kết quả dạng JSON / the result as JSON")


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 10_000:  # noqa: PLR2004 - the bound is said in the message
        raise argparse.ArgumentTypeError("1 - 10000")
    return value


def _tell(line: str) -> None:
    print(line, flush=True)


def _whisper(line: str) -> None:
    """Progress beside a result on standard output."""
    print(line, file=sys.stderr, flush=True)


def _settings(args: argparse.Namespace, log_file: str = "") -> Settings:
    from broadcast.telemetry import start_logs  # noqa: PLC0415 - as above

    settings = load(args.config)
    file = settings.data / log_file if log_file else None
    start_logs(settings.server.log_format, settings.server.log_level, file)
    return settings


def _working(work: Callable[[], int]) -> int:
    """Run it; say what a person can mend."""
    from broadcast.bootstrap import DataInUse  # noqa: PLC0415 - as above
    from broadcast.broker import BrokerFailed  # noqa: PLC0415 - as above
    from broadcast.commands.serving import CannotStart  # noqa: PLC0415 - as above
    from broadcast.domain.refusals import Refusal  # noqa: PLC0415 - as above

    try:
        return work()
    except (CannotStart, DataInUse, BrokerFailed) as error:
        _whisper(str(error))
    except Refusal as no:
        _whisper(refusal(no))
    except KeyboardInterrupt:  # while it was starting: what had begun was ended on the way out
        _whisper(say("command.stopped"))
    return FAILED


def _serve(args: argparse.Namespace) -> int:
    from broadcast.commands.serving import serve  # noqa: PLC0415 - as above

    settings = _settings(args)
    return _working(lambda: asyncio.run(serve(settings, _tell)) or 0)


def _demo(args: argparse.Namespace) -> int:
    # the screen belongs to whoever tries it out; once: warnings may come between, on standard error
    settings = _settings(args, "" if args.once else "server.log")
    if not args.once:
        from broadcast.commands.demo import demo  # noqa: PLC0415 - as above

        return _working(lambda: asyncio.run(demo(settings, _tell)) or 0)
    from broadcast.commands.demo_once import once  # noqa: PLC0415 - as above

    def work() -> int:
        result, good = asyncio.run(once(settings, args.text, _whisper))
        if args.json:
            print(json.dumps(result, ensure_ascii=False))
        return 0 if good else FAILED

    return _working(work)


def _chaos(args: argparse.Namespace) -> int:
    from broadcast.commands.chaos import chaos  # noqa: PLC0415 - as above

    settings = _settings(args)

    def work() -> int:
        result = asyncio.run(chaos(settings, args.kills, args.seed, _whisper))
        if args.json:
            print(json.dumps(result, ensure_ascii=False))
        return FAILED if result["lost"] or result["doubled"] else 0

    return _working(work)


def _bench(args: argparse.Namespace) -> int:
    from broadcast.commands.bench import bench  # noqa: PLC0415 - as above

    settings = _settings(args)

    def work() -> int:
        result = asyncio.run(bench(settings, _whisper))
        print(json.dumps(result, ensure_ascii=False, indent=None if args.json else 2))
        return 0

    return _working(work)


def _user_add(args: argparse.Namespace) -> int:
    from broadcast.commands.offline import add_user  # noqa: PLC0415 - as above

    settings = _settings(args)
    given = sys.stdin.readline().strip() if args.password_stdin else ""
    return _working(lambda: asyncio.run(add_user(settings, args.login, args.name, args.role, args.area, given, _tell)))


def _user_password(args: argparse.Namespace) -> int:
    from broadcast.commands.offline import set_password  # noqa: PLC0415 - as above

    settings = _settings(args)
    given = sys.stdin.readline().strip() if args.password_stdin else ""
    return _working(lambda: asyncio.run(set_password(settings, args.login, given, _tell)))


def _user_give(args: argparse.Namespace) -> int:
    from broadcast.commands.offline import give  # noqa: PLC0415 - as above

    return _working(lambda: asyncio.run(give(_settings(args), args.login, args.role, args.area, _tell)))


def _user_deactivate(args: argparse.Namespace) -> int:
    from broadcast.commands.offline import deactivate  # noqa: PLC0415 - as above

    return _working(lambda: asyncio.run(deactivate(_settings(args), args.login, _tell)))


def _user_list(args: argparse.Namespace) -> int:
    from broadcast.commands.offline import list_users  # noqa: PLC0415 - as above

    return _working(lambda: asyncio.run(list_users(_settings(args), _tell)))


def _enrol(args: argparse.Namespace) -> int:
    from broadcast.commands.offline import enrol  # noqa: PLC0415 - as above

    settings = _settings(args)
    return _working(
        lambda: asyncio.run(enrol(settings, args.id, args.area, args.name, args.folder, args.broker, _tell))
    )


def _master(args: argparse.Namespace) -> int:
    from broadcast.commands.master_command import master  # noqa: PLC0415 - as above
    from broadcast.domain.refusals import Refusal  # noqa: PLC0415 - as above

    limit = load(args.config).upload.limit_minutes
    try:
        made = master(args.source, args.out, args.profile, limit, chime=args.chime, closing=args.chime_after)
    except Refusal as no:
        _whisper(refusal(no))
        return FAILED
    facts = {"lufs": made["integrated_lufs"], "peak": made["true_peak_db"], "factor": made["realtime_factor"]}
    line = say("command.mastered", out=args.out, seconds=made["seconds"], **facts)
    print(json.dumps(made) if args.json else line)
    return 0


def _read(args: argparse.Namespace) -> int:
    from broadcast.commands.reading_command import run  # noqa: PLC0415 - as above

    return run(
        args.text, args.file, args.lexicon,
        north=args.north, explained=args.explain, as_json=args.json, tell=_tell, warn=_whisper,
    )  # fmt: skip


def _audit_verify(args: argparse.Namespace) -> int:
    from broadcast.commands.audit_command import check  # noqa: PLC0415 - as above

    settings = _settings(args)
    return _working(lambda: check(settings, args.heads, _tell, _whisper, as_json=args.json))


def _audit_head(args: argparse.Namespace) -> int:
    from broadcast.commands.audit_command import head  # noqa: PLC0415 - as above

    settings = _settings(args)
    return _working(lambda: head(settings, _tell, _whisper, as_json=args.json))


def _config_check(args: argparse.Namespace) -> int:
    from broadcast.voices import engines  # noqa: PLC0415 - as above

    file: Path | None = args.file or args.config
    engines(load(file))
    shown = file or DEFAULT_FILE
    _tell(say("command.config-good" if shown.exists() else "command.config-default", file=shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
