"""What people hold, to be read and to be changed; and the way in that is shown once to whoever let someone in."""

from collections.abc import Callable

from nicegui import ui

from broadcast.domain.people import Grant, Role
from broadcast.people.account_types import GrantView, WayIn
from broadcast.view_types import AreaNode
from devices.vocabulary import AreaId
from ui.area_tree import indented, walk
from ui.session import Visit, tell
from ui.theme import tagged
from ui.words import say


def role_name(role: Role) -> str:
    """A role as people know it."""
    return say(f"role-{role.value}")


def grant_line(view: GrantView) -> str:
    """A role and where it is held."""
    return say("grant-line", role=role_name(view.grant.role), area=view.area_name)


class GrantsField:
    """Roles in areas: a line each, with a way to take it away, and two fields for one more."""

    def __init__(self, nodes: tuple[AreaNode, ...], held: tuple[GrantView, ...]) -> None:
        self._held = list(held)
        self._names: dict[str, str] = {node.id: node.name for node in walk(nodes)}
        options = indented(nodes)
        with ui.element("div").classes("loa-grants"):
            self._lines = ui.element("div").classes("loa-grant-lines").mark("grants").props("data-testid=grants")
            with ui.element("div").classes("loa-grant-new"):
                self._role = ui.select({r.value: role_name(r) for r in Role}, label=say("role"))
                self._role.props("outlined dense data-testid=grant-role").mark("grant-role")
                self._area = ui.select(options, label=say("area"), with_input=True)
                self._area.props("outlined dense data-testid=grant-area").mark("grant-area")
                if len(nodes) == 1:
                    self._area.set_value(nodes[0].id)
                more = ui.button(say("grant-add"), icon="add", on_click=self._add).props("outline no-caps")
                more.props("data-testid=grant-add").mark("grant-add")
        self._draw()

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What is chosen; what stands in the two fields counts as well, so that nobody is added without a role."""
        waiting = self._waiting()
        return tuple(dict.fromkeys([*(v.grant for v in self._held), *([waiting] if waiting else [])]))

    def _waiting(self) -> Grant | None:
        if not self._role.value or not self._area.value:
            return None
        return Grant(Role(self._role.value), AreaId(self._area.value))

    def _add(self) -> None:
        new = self._waiting()
        if new is not None and new not in [v.grant for v in self._held]:
            self._held.append(GrantView(new, self._names[new.area], mine=True))
        if new is not None:
            self._role.set_value(None)
        self._draw()

    def _drop(self, view: GrantView) -> None:
        self._held.remove(view)
        self._draw()

    def _draw(self) -> None:
        self._lines.clear()
        with self._lines:
            for i, view in enumerate(self._held):
                with ui.element("div").classes("loa-grant"):
                    ui.label(grant_line(view))
                    if view.mine:
                        drop = ui.button(icon="close", on_click=lambda v=view: self._drop(v)).props("flat round dense")
                        drop.props(f'aria-label="{say("grant-drop")}" data-testid=grant-drop-{i}')
                        drop.mark(f"grant-drop-{i}")


def show_way_in(visit: Visit, way: WayIn, name: str, login: str, done: Callable[[], object]) -> None:
    """The link or the password, shown once: what is closed here cannot be read again."""
    request = visit.client.request
    here = visit.accounts.url or f"{request.url.scheme}://{request.url.netloc}"
    secret = f"{here}/invited/{way.token}" if way.token else way.password
    with ui.element("section").classes("loa-panel loa-way-in").mark("way-in").props("data-testid=way-in role=status"):
        tagged("h2", say("way-in-link" if way.token else "way-in-password", name=name))
        ui.label(say("way-in-login", login=login))
        ui.label(secret).classes("loa-secret").mark("way-in-secret").props("data-testid=way-in-secret")
        ui.label(say("way-in-link-hint" if way.token else "way-in-password-hint")).classes("loa-dim")

        def copy() -> None:
            ui.clipboard.write(secret)
            tell(say("copied"))

        with ui.element("div").classes("loa-actions"):
            ui.button(say("copy"), icon="content_copy", on_click=copy).props("outline no-caps").mark("copy")
            button = ui.button(say("way-in-done"), on_click=done).props("unelevated no-caps data-testid=way-in-done")
            button.mark("way-in-done").classes("loa-primary")
