"""Reports before the journal gives them their number."""

from datetime import datetime

from devices.messages import Failed, Finished, Missed, PlannedAiring, ReceiverReport, Refused, Started
from devices.receiver.clock import Clock
from devices.receiver.gate import Turned
from devices.receiver.sound import Begun, Broken, Ended, Undecodable
from devices.vocabulary import Outcome, Part, Why

_DETAIL = 500


class Drafts:
    """Writes drafts for one receiver; `number` and `journal` are filled in by the journal."""

    def __init__(self, receiver: str, clock: Clock) -> None:
        self._receiver = receiver
        self._clock = clock

    def airing_started(self, airing: PlannedAiring, begun: Begun) -> Started:
        """An airing's first frame. How far off the planned instant it was means nothing where it was resumed."""
        resumed = begun.cue.from_ms > 0
        off = (begun.at - airing.at).total_seconds() * 1000
        return Started(
            receiver=self._receiver,
            journal="none",
            number=1,
            at=self._clock.now(),
            subject=airing.id,
            started_at=begun.at,
            planned_at=airing.at,
            start_error_ms=None if resumed else off,
            clip=airing.clip,
            resumed_from_ms=begun.cue.from_ms,
        )

    def alarm_started(self, begun: Begun, after_ms: float | None, clip: str | None) -> Started:
        """An alarm's siren or words; `after_ms` since the alarm arrived, for its first siren."""
        return Started(
            receiver=self._receiver,
            journal="none",
            number=1,
            at=self._clock.now(),
            subject=begun.cue.subject,
            part=begun.cue.part,
            started_at=begun.at,
            start_error_ms=after_ms,
            clip=clip,
        )

    def finished(self, news: Ended | Broken, started_at: datetime | None) -> Finished:
        """The end of a sound; one that broke counts as interrupted."""
        return Finished(
            receiver=self._receiver,
            journal="none",
            number=1,
            at=self._clock.now(),
            subject=news.cue.subject,
            part=news.cue.part,
            outcome=news.outcome if isinstance(news, Ended) else Outcome.INTERRUPTED,
            played_ms=news.played_ms,
            frames=news.frames,
            started_at=started_at,
        )

    def broken(self, news: Broken) -> Failed:
        """What broke it."""
        why = Why.UNDECODABLE if isinstance(news.error, Undecodable) else Why.SOUND_CARD
        return self.failed(news.cue.subject, news.cue.part, why, str(news.error))

    def failed(self, subject: str, part: Part, why: Why, detail: str = "") -> Failed:
        """Something that came to nothing."""
        return Failed(
            receiver=self._receiver,
            journal="none",
            number=1,
            at=self._clock.now(),
            subject=subject,
            part=part,
            why=why,
            detail=detail[:_DETAIL],
        )

    def missed(self, airing: PlannedAiring, why: Why) -> Missed:
        """An airing that will not sound any more."""
        return Missed(
            receiver=self._receiver,
            journal="none",
            number=1,
            at=self._clock.now(),
            subject=airing.id,
            planned_at=airing.at,
            why=why,
        )

    def refused(self, refusal: Turned, count: int) -> ReceiverReport:
        """Messages that were refused."""
        return Refused(
            receiver=self._receiver,
            journal="none",
            number=1,
            at=self._clock.now(),
            topic=refusal.topic,
            why=refusal.why,
            count=count,
        )
