"""A field that takes a file: picked or dropped, sent with its progress, broken off by a press."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from nicegui import events, ui

_DROP: Final = """
<div class="loa-drop">
  <q-btn unelevated no-caps class="loa-second" icon="upload_file" label="{pick}" data-testid="{marker}"
         :disable="props.isUploading" @click="props.pickFiles" />
  <span class="loa-hidden" aria-hidden="true"><q-uploader-add-trigger /></span>
  <div class="loa-dim">{hint}</div>
  <div v-if="props.isUploading" class="loa-working" role="status">
    <div>{sending} {{{{ props.uploadProgressLabel }}}} ({{{{ props.uploadSizeLabel }}}})</div>
    <q-linear-progress :value="props.uploadProgress" rounded size="8px" />
    <q-btn flat no-caps label="{abort}" @click="props.abort" />
  </div>
</div>
"""
_MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileWords:
    """What the field says."""

    pick: str
    hint: str
    sending: str
    abort: str


def file_field(
    kinds: str,
    limit_mb: int,
    words: FileWords,
    markers: tuple[str, str],
    *,
    taken: Callable[[events.UploadEventArguments], Awaitable[None]],
    refused: Callable[[str, bool], None],
    failed: Callable[[], object],
) -> ui.upload:
    """`markers`: of the field and of its button. `refused` is told a file's name, and whether it was too large."""
    field, button = markers
    upload = ui.upload(on_upload=taken, max_file_size=limit_mb * _MB, auto_upload=True)
    upload.props(f'accept="{kinds}" flat data-testid={field}').classes("loa-uploader").mark(field)
    header = _DROP.format(pick=words.pick, hint=words.hint, sending=words.sending, abort=words.abort, marker=button)
    upload.add_slot("header", header)
    upload.add_slot("list", "<div></div>")

    def rejected(event: events.GenericEventArguments) -> None:
        why, name = event.args[0]
        refused(name, why == "max-file-size")

    js = "(all) => emit(all.map((r) => [r.failedPropValidation, r.file.name]))"
    upload.on("rejected", rejected, js_handler=js)
    upload.on("failed", failed, args=[])
    return upload
