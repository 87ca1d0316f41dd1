"""What stands before the pages: bodies of uploads are bounded before they are read, and no page may be framed."""

import re

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broadcast import wording

_UPLOAD = re.compile(r"^/_nicegui/client/[^/]+/upload/")
_ENVELOPE = 64 * 1024
"""What a form adds around the file."""
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
)


class Guard:
    """ASGI middleware. An upload above `limit_mb` is answered 413, whatever length it claims to have."""

    def __init__(self, app: ASGIApp, limit_mb: int) -> None:
        self._app = app
        self._limit_mb = limit_mb
        self._bytes = limit_mb * 1024 * 1024 + _ENVELOPE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _with_headers(send)
        if scope["method"] == "POST" and _UPLOAD.match(scope["path"]):
            await self._upload(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        taken = int(claimed) if claimed.isdigit() else 0
        over = taken > self._bytes
        taken = 0

        async def counting() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._bytes:
                over = True
                return {"type": "http.disconnect"}  # to the pages it looks as if the sender had left
            return message

        async def unless_over(message: Message) -> None:
            if not over:
                await send(message)

        if not over:
            try:
                await self._app(scope, counting, unless_over)
            except ClientDisconnect:
                if not over:
                    return
        if over:
            sentence = wording.say("ui.upload-refused", limit=self._limit_mb)
            await PlainTextResponse(sentence, status_code=413, headers={"connection": "close"})(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *_HEADERS]}
        await send(message)

    return sending
