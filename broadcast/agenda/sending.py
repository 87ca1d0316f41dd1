"""Plans on their way after a change that the books hold already."""

from collections.abc import Awaitable, Callable

import structlog

from broadcast.domain.refusals import Refusal
from devices.link import LinkError
from devices.vocabulary import AreaId

Replan = Callable[[tuple[AreaId, ...]], Awaitable[None]]
"""Make and publish the plans of these areas anew."""

_log = structlog.stdlib.get_logger(__name__)


async def send_plans(replan: Replan, areas: tuple[AreaId, ...]) -> None:
    """Nothing for no areas. A plan that no carrier takes now is logged, and goes out at the next connection."""
    if not areas:
        return
    try:
        await replan(areas)
    except (LinkError, Refusal) as error:
        _log.warning("plan-not-sent", areas=areas, why=str(error))
