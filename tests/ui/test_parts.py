"""The parts that can be tried alone: words, the tree of areas, the guard before the pages."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from broadcast.wording import table
from ui.area_tree import fewest, found, opened, walk
from ui.guard import Guard

UI = Path(__file__).parents[2] / "ui"


def _said() -> set[str]:
    said = set()
    for file in UI.glob("*.py"):
        source = file.read_text("utf-8")
        section = "lexicon" if "import lexicon as say" in source else "ui"
        said |= {f"{section}.{key}" for key in re.findall(r'\bsay\(\s*"([a-z0-9-]+)"', source)}
    return said


def test_every_sentence_the_pages_say_is_written_in_both_languages() -> None:
    missing = {key for key in _said() if key not in table()}
    assert not missing
    assert all(all(both) for key, both in table().items() if key.startswith("ui."))


def test_no_sentence_is_written_that_no_page_says() -> None:
    source = "".join(file.read_text("utf-8") for file in UI.glob("*.py"))
    built = re.findall(r'say\(f"([a-z.-]*)\{', source) + re.findall(r'f"ui\.([a-z-]+)\{', source)
    built += [f"{name}-" for name in ("age", "siren", "link")]
    plain = set(re.findall(r'"(?:ui\.)?([a-z0-9-]+)"', source))
    idle = {
        key.removeprefix("ui.")
        for key in table()
        if key.startswith("ui.")
        and key.removeprefix("ui.") not in plain
        and not any(b and key.removeprefix("ui.").startswith(b) for b in built)
    }
    assert not idle


def test_the_gaps_are_the_same_in_both_languages() -> None:
    def gaps(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)", text))

    assert all(gaps(vi) == gaps(en) for key, (vi, en) in table().items() if key.startswith("ui."))


def test_every_reason_and_state_a_receiver_may_tell_has_words() -> None:
    from broadcast.domain.deliveries import DeliveryState  # noqa: PLC0415 - for this alone
    from broadcast.domain.people import Role  # noqa: PLC0415 - for this alone
    from devices.vocabulary import Outcome, Siren, Why  # noqa: PLC0415 - for this alone

    wanted = [f"why-{why}" for why in (*Why, *Outcome) if why != Outcome.PLAYED] + ["why-no-report"]
    wanted += [f"state-{state}" for state in DeliveryState] + [f"role-{role}" for role in Role]
    wanted += [f"siren-{siren}" for siren in Siren] + [f"siren-{siren}-more" for siren in Siren]
    assert not [key for key in wanted if f"ui.{key}" not in table()]


@pytest.fixture
async def province(little):
    return await little.areas(little.people["tinh"])


@pytest.mark.parametrize("typed", ["thanh duc", "Thạnh Đức", "THANH Đ", "  thạnh   đức "])
async def test_a_name_is_found_with_and_without_tone_marks(province, typed: str) -> None:
    names = {node.name for node in walk(found(province, typed))}
    assert "Xã Thạnh Đức" in names
    assert "Huyện Gò Dầu" in names  # above it
    assert "Xã Cẩm Giang" not in names


async def test_a_district_that_is_found_brings_its_communes(province) -> None:
    shown = found(province, "go dau")
    assert "Xã Thạnh Đức" in {node.name for node in walk(shown)}
    assert {node.kind for node in walk(shown) if node.id in opened(shown, "go dau")} == {"province", "district"}


async def test_nothing_typed_shows_all_and_nonsense_shows_none(province) -> None:
    assert found(province, "") == province
    assert found(province, "zzz") == ()


async def test_all_communes_of_a_district_are_the_district(province) -> None:
    district = next(n for n in walk(province) if n.name == "Huyện Gò Dầu")
    leaves = frozenset(n.id for n in district.children)
    assert fewest(province, leaves) == (district,)
    assert len(fewest(province, leaves - {district.children[0].id})) == len(leaves) - 1
    assert fewest(province, frozenset(n.id for n in walk(province))) == province


@given(st.data())
def test_what_is_chosen_reaches_just_the_ticked_communes(data: st.DataObject) -> None:
    from broadcast.view_types import AreaNode  # noqa: PLC0415 - for this alone
    from devices.vocabulary import AreaId  # noqa: PLC0415 - for this alone

    def grow(name: str, depth: int) -> AreaNode:
        width = data.draw(st.integers(0, 3)) if depth else 0
        below = tuple(grow(f"{name}-{i}", depth - 1) for i in range(width))
        return AreaNode(AreaId(name), name, "area", 1, below)

    tree = (grow("a", 3),)
    leaves = [n.id for n in walk(tree) if not n.children]
    ticked = frozenset(data.draw(st.sets(st.sampled_from(leaves))))
    chosen = fewest(tree, ticked)
    assert {n.id for n in walk(chosen) if not n.children} == ticked


def _guarded(limit_mb: int) -> tuple[FastAPI, list[int]]:
    app, taken = FastAPI(), []

    @app.post("/_nicegui/client/{client}/upload/{element}")
    async def upload(request: Request) -> None:
        taken.append(sum([len(chunk) async for chunk in request.stream()]))

    app.add_middleware(Guard, limit_mb=limit_mb)
    return app, taken


async def test_a_file_above_the_limit_is_refused_by_the_server_before_it_is_taken() -> None:
    app, taken = _guarded(1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        small = await client.post("/_nicegui/client/c/upload/1", content=b"x" * 1_000_000)
        large = await client.post("/_nicegui/client/c/upload/1", content=b"", headers={"content-length": "300000000"})

        async def endless():
            for _ in range(40):
                yield b"x" * 100_000

        liar = await client.post("/_nicegui/client/c/upload/1", content=endless())
    assert (small.status_code, large.status_code, liar.status_code) == (200, 413, 413)
    assert "Tệp lớn hơn 1 MB" in large.text
    assert taken == [1_000_000]


async def test_no_page_may_be_framed() -> None:
    app, _ = _guarded(1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/")).headers["x-frame-options"] == "DENY"


def test_names_stand_in_the_order_a_person_counts() -> None:
    from ui.words import order  # noqa: PLC0415 - the simulation gives every test new modules

    assert sorted(["Ấp 18", "Ấp 9", "ấp 1", "Đội 2", "12"], key=order) == ["12", "ấp 1", "Ấp 9", "Ấp 18", "Đội 2"]
