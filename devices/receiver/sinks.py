"""Which sink a receiver plays on."""

from pathlib import Path
from typing import Literal

from devices.receiver.cardsink import CardSink, has_card
from devices.receiver.clock import Clock
from devices.receiver.sound import NoSoundCard, Sink
from devices.receiver.wavsink import WavSink

SinkKind = Literal["auto", "card", "wav"]


def open_sink(kind: SinkKind, device: str, wav_folder: Path, clock: Clock) -> Sink:
    """The sink the settings ask for; "auto" is the sound card where there is one, else WAV files.

    Blocks while PortAudio looks for cards (up to a second on a Raspberry Pi). Raises NoSoundCard for "card" where
    there is none.
    """
    if kind == "wav" or (kind == "auto" and not has_card(device)):
        return WavSink(wav_folder, clock)
    if not has_card(device):
        raise NoSoundCard(
            f"Không có card âm thanh{f' “{device}”' if device else ''}. Hãy cắm card âm thanh, xem danh sách bằng lệnh "
            '“aplay -l” và sửa sound.device, hoặc đặt sound.sink = "wav" trong receiver.toml.'
        )
    return CardSink(device)
