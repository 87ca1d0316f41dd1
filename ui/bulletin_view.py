"""A bulletin for those who read and hear it but do not write: nothing on this page changes anything."""

from nicegui import ui

from broadcast.domain.listening import Heard
from ui.listening import Hearing, tell_loudness
from ui.session import Visit
from ui.theme import heading, tagged
from ui.words import length, moment, say


async def draw_bulletin(visit: Visit, bulletin_id: int) -> None:
    """Its title, words, sound and slots as they are now."""
    view = await visit.office.bulletin(visit.actor, bulletin_id)
    heard = await visit.office.heard(visit.actor, bulletin_id)
    shown = None

    async def redraw() -> None:
        nonlocal view, heard, shown
        view = await visit.office.bulletin(visit.actor, bulletin_id)
        heard = await visit.office.heard(visit.actor, bulletin_id)
        if view != shown:
            shown = view
            draw.refresh()

    @ui.refreshable
    def draw() -> None:
        bulletin, sound = view.bulletin, view.bulletin.sound
        with ui.element("section").classes("loa-panel").mark("bulletin-view").props("data-testid=bulletin-view"):
            heading(bulletin.title or say("no-text-yet"), view.author_name)
            ui.label(bulletin.text or bulletin.upload_name or say("no-text-yet")).classes("loa-alarm-said")
            if sound is None:
                ui.label(say("no-sound-yet")).classes("loa-dim")
            else:
                ui.label(say("has-sound", length=length(sound.seconds))).classes("loa-dim")
                with ui.element("div").classes("loa-audio"):
                    Hearing(bulletin_id, heard or Heard(sound.clip, "", 0.0, ()))
                tell_loudness(sound)
            placed = [slot for slot in view.slots if not slot.withdrawn]
            if placed:
                tagged("h2", say("nav-slots"))
            for slot in placed:
                ui.link(moment(slot.at), f"/slots/{slot.id}")

    draw()
    visit.redraws.append(redraw)
