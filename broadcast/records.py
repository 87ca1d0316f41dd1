"""The tables. One class a table; nothing here decides anything.

Times are aware UTC in Python and naive UTC on disk. Lists and maps are JSON: no query looks inside them.
"""

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, LargeBinary, false
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python; a naive one is refused rather than guessed."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the disk."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the disk."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class PersonRow(SQLModel, table=True):
    """Someone who works here. Never deleted: what they did stays theirs."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, index=True)
    name: str
    password_hash: str
    """"": they have not chosen one yet, and nobody logs in with none."""
    active: bool = True
    made_at: datetime = Field(sa_type=UtcDateTime)
    must_change: bool = False
    """Their password is known to whoever set it: they choose another before anything else."""
    email: str = ""
    oidc_subject: str = ""
    """Who they are to the provider of single sign-on, once they came from there."""
    totp_secret: str = ""
    """Sealed; "" while they log in with a password alone."""
    totp_step: int = Field(default=0, sa_type=BigInteger)
    """The newest time step whose code was taken: a code is good once."""


class GrantRow(SQLModel, table=True):
    """What a person is in an area. `place`: the order in which it was given; what they write is born in the first."""

    __tablename__ = "person_grant"
    person: int = Field(foreign_key="person.id", primary_key=True)
    role: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    place: int = 0


class ReceiverRow(SQLModel, table=True):
    """A receiver that was enrolled. `public_key` is 32 bytes, base64."""

    __tablename__ = "receiver"
    id: str = Field(primary_key=True)
    area: str = Field(index=True)
    name: str
    public_key: str
    volume: int
    alarm_volume: int
    enrolled_at: datetime = Field(sa_type=UtcDateTime)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClipRow(SQLModel, table=True):
    """A finished sound in the clip library."""

    __tablename__ = "clip"
    sha256: str = Field(primary_key=True)
    seconds: float
    size: int
    made_at: datetime = Field(sa_type=UtcDateTime)
    before_lufs: float | None = None
    integrated_lufs: float | None = None
    true_peak_db: float | None = None
    masked: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class BulletinRow(SQLModel, table=True):
    """What is said."""

    __tablename__ = "bulletin"
    id: int | None = Field(default=None, primary_key=True)
    title: str
    text: str
    level: str
    state: str = Field(index=True)
    origin: str
    author: int = Field(foreign_key="person.id")
    area: str = Field(index=True)
    updated_at: datetime = Field(sa_type=UtcDateTime, index=True)
    valid_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    upload_name: str = ""
    clip: str | None = Field(default=None, foreign_key="clip.sha256")
    engine: str = ""
    voice: str = ""
    fell_back: str = ""
    readings: dict[str, str] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    """How something is read in this bulletin alone: written > words."""
    raw: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The SHA-256 of the sound before mastering; "" where it was not kept."""
    chosen_engine: str = Field(default="", sa_column_kwargs={"server_default": ""})
    chosen_voice: str = Field(default="", sa_column_kwargs={"server_default": ""})
    chosen_rate: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    category: str = Field(default="", sa_column_kwargs={"server_default": ""})
    source: str = Field(default="", sa_column_kwargs={"server_default": ""})
    issued_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    areas: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """Where it is meant to be heard."""
    language: str = Field(default="vi", sa_column_kwargs={"server_default": "vi"})
    tags: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    writers: list[int] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """Who wrote in it beside its author; who wrote last stands last."""


class LexiconRow(SQLModel, table=True):
    """How something is read in an area and everywhere below; the nearer area decides."""

    __tablename__ = "lexicon"
    area: str = Field(primary_key=True)
    written: str = Field(primary_key=True)
    words: str
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)


class UnfinishedRow(SQLModel, table=True):
    """Sound that was asked for and is not there yet. `words` is the SHA-256 of the text as it was then.

    `left_off`: why nobody works on it any more; kept until it is asked for again.
    """

    __tablename__ = "unfinished"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    person: int = Field(foreign_key="person.id")
    kind: str
    words: str
    engine: str
    voice: str
    rate: float
    asked_at: datetime = Field(sa_type=UtcDateTime)
    restarts: int = 0
    left_off: str = ""


class SlotRow(SQLModel, table=True):
    """When and where a bulletin airs."""

    __tablename__ = "slot"
    id: int | None = Field(default=None, primary_key=True)
    bulletin: int = Field(foreign_key="bulletin.id", index=True)
    areas: list[str] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    placed_by: int = Field(foreign_key="person.id")
    placed_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why a guard (quiet hours, airtime) was passed."""
    series: int | None = Field(default=None, index=True)
    """The series it is an occurrence of, and the local day (ISO) it was made for."""
    series_day: str = Field(default="", sa_column_kwargs={"server_default": ""})
    version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The version that was approved; 0 for a slot of before there were versions."""
    origin: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The area from which it was placed; only who may place there takes it back. "" where several, or not known."""


class AiringRow(SQLModel, table=True):
    """One slot at one instant. `numbers`: area > number of the first plan that holds it."""

    __tablename__ = "airing"
    id: str = Field(primary_key=True)
    slot: int = Field(foreign_key="slot.id", index=True)
    bulletin: int = Field(foreign_key="bulletin.id")
    title: str
    level: str
    areas: list[str] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends: datetime = Field(sa_type=UtcDateTime, index=True)
    clip: str = Field(foreign_key="clip.sha256")
    seconds: float
    size: int
    quiet_hours_confirmed: bool = False
    valid_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn: bool = False
    numbers: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class PlanRow(SQLModel, table=True):
    """The newest plan of one target, as it was signed."""

    __tablename__ = "plan"
    target: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    airings: int
    envelope: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)
    published_number: int = Field(default=0, sa_type=BigInteger)
    """The newest number a carrier has taken."""


class AlarmRow(SQLModel, table=True):
    """An alarm, entered from the ledger file after it went out."""

    __tablename__ = "alarm"
    id: str = Field(primary_key=True)
    areas: list[str] = Field(sa_type=JSON)
    siren: str
    words: str
    raised_by: int
    raised_name: str
    raised_at: datetime = Field(sa_type=UtcDateTime, index=True)
    until: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeliveryRow(SQLModel, table=True):
    """One airing or alarm at one receiver. `area` is where the receiver hung then: history survives a merger."""

    __tablename__ = "delivery"
    subject: str = Field(primary_key=True)
    receiver: str = Field(primary_key=True)
    kind: str
    area: str = Field(index=True)
    state: str
    planned_at: datetime = Field(sa_type=UtcDateTime)
    seconds: float
    news_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    start_error_ms: float | None = None
    played_ms: int | None = None
    why: str = ""
    __table_args__ = (
        Index("delivery_waiting", "receiver", "state"),
        Index("delivery_day", "planned_at"),
        Index("delivery_subject_area", "subject", "area"),
    )


class ReportRow(SQLModel, table=True):
    """A report as it came, kept once: the proof behind a delivery. `subject`: of which, "" where it has none."""

    __tablename__ = "report"
    receiver: str = Field(primary_key=True)
    journal: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    subject: str = Field(default="", index=True)
    payload: bytes = Field(sa_type=LargeBinary)
    taken_at: datetime = Field(sa_type=UtcDateTime)


class JournalRow(SQLModel, table=True):
    """How far the reports of one journal are stored without a gap."""

    __tablename__ = "journal"
    receiver: str = Field(primary_key=True)
    journal: str = Field(primary_key=True)
    up_to: int = Field(sa_type=BigInteger)


class AuditRow(SQLModel, table=True):
    """One entry of the trail, see `broadcast.domain.audit`. The database itself refuses to change or remove one."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    person: int | None = Field(default=None, index=True)
    login: str
    name: str
    whence: str
    action: str = Field(index=True)
    subject: str
    areas: str
    before: str
    after: str
    hash: str


class AuditHeadRow(SQLModel, table=True):
    """How far the trail goes: one row, and whoever writes an entry holds its lock."""

    __tablename__ = "audit_head"
    id: int = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    hash: str
