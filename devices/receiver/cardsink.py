"""The sound card, through PortAudio: frames are written to a stream that blocks while its buffer is full.

PortAudio is looked for only when a card is opened: a receiver that writes WAV files needs no such library.
"""

from typing import Any, Final, Protocol

from devices.receiver.sound import FRAME_BYTES, NoSoundCard, Sink
from devices.vocabulary import SAMPLE_RATE

LATENCY_S: Final = 0.060
"""Buffer asked of the card: three blocks, enough for a Raspberry Pi that writes its journal, short for an alarm."""


class Stream(Protocol):
    """What is used of `sounddevice.RawOutputStream`."""

    latency: Any

    def start(self) -> None:
        """Begin to sound (silence, until something is written)."""

    def write(self, data: bytes) -> bool:
        """Take frames, blocking; whether it had run dry before."""

    def stop(self) -> None:
        """End after what was taken has sounded."""

    def abort(self) -> None:
        """End now."""

    def close(self) -> None:
        """Let go of the card."""


class CardSink(Sink):
    """Plays on the card named `device` (part of its name, or its number; "" is the system's own choice)."""

    def __init__(self, device: str = "") -> None:
        self._device = device
        self._stream: Stream | None = None
        self._taken = 0

    def open(self, label: str) -> None:
        """See Sink. A card that is open stays open."""
        del label
        self._taken = 0
        if self._stream is None:
            self._stream = open_stream(self._device)

    def write(self, pcm: bytes) -> None:
        """See Sink."""
        if self._stream is None:
            raise NoSoundCard("Chưa mở card âm thanh.")
        try:
            self._stream.write(pcm)
        except Exception as error:  # PortAudioError is no subclass of anything we could name without the library
            raise _gone(self._device, error) from error
        self._taken += len(pcm) // FRAME_BYTES

    def close(self, *, drain: bool) -> None:
        """See Sink."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            if drain:
                stream.stop()
            else:
                stream.abort()
        finally:
            stream.close()

    @property
    def frames_taken(self) -> int:
        """See Sink."""
        return self._taken

    @property
    def latency_s(self) -> float:
        """See Sink."""
        return float(self._stream.latency) if self._stream is not None else LATENCY_S


def open_stream(device: str) -> Stream:
    """A started stream on that card. Raises NoSoundCard."""
    portaudio = _portaudio()
    try:
        stream: Stream = portaudio.RawOutputStream(
            samplerate=SAMPLE_RATE,
            channels=1,
            dtype="int16",
            device=_chosen(device),
            latency=LATENCY_S,
        )
        stream.start()
    except Exception as error:  # ValueError for an unknown name, PortAudioError for everything else
        raise _gone(device, error) from error
    return stream


def has_card(device: str = "") -> bool:
    """Whether that card (or any) can be heard through PortAudio now."""
    try:
        _portaudio().check_output_settings(device=_chosen(device), channels=1, dtype="int16", samplerate=SAMPLE_RATE)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no card to play on
        return False
    return True


def _chosen(device: str) -> int | str | None:
    return int(device) if device.isdecimal() else device or None


def _portaudio() -> Any:  # noqa: ANN401 - sounddevice publishes no types
    try:
        import sounddevice  # noqa: PLC0415 - loads a system library that need not be there
    except (ImportError, OSError) as error:
        raise NoSoundCard(
            f"Không dùng được PortAudio ({error}). Hãy cài gói libportaudio2 (sudo apt install libportaudio2), "
            'hoặc đặt sound.sink = "wav" trong receiver.toml.'
        ) from error
    return sounddevice


def _gone(device: str, error: Exception) -> NoSoundCard:
    name = f"card âm thanh “{device}”" if device else "card âm thanh"
    return NoSoundCard(
        f"Không phát được ra {name} ({error}). Hãy kiểm tra dây, cắm lại card USB, xem danh sách bằng lệnh "
        "“aplay -l”, rồi sửa sound.device trong receiver.toml nếu cần."
    )
