from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.areas_data import load_tree
from broadcast.domain.areas import AreaTree
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId, is_slug

TREES = {name: load_tree(name) for name in ("tay-ninh-2024", "tay-ninh-2025")}
HEAD = "code,kind,name,parent_code,lat,lon"


@pytest.fixture(params=sorted(TREES))
def tree(request) -> AreaTree:
    return TREES[request.param]


def kinds(tree):
    counts: dict[str, int] = {}
    for area in tree.areas.values():
        counts[area.kind] = counts.get(area.kind, 0) + 1
    return counts


def test_the_tree_of_2024_has_nine_districts_and_94_communes():
    tree = TREES["tay-ninh-2024"]
    assert kinds(tree) == {"province": 1, "district": 9, "commune": 94}
    assert {tree.get(a.parent or "").kind for a in tree.areas.values() if a.kind == "commune"} == {"district"}


def test_the_tree_of_2025_has_96_communes_and_no_district():
    tree = TREES["tay-ninh-2025"]
    assert kinds(tree) == {"province": 1, "commune": 96}
    assert {a.parent for a in tree.areas.values() if a.kind == "commune"} == {tree.root.id}


def test_every_id_may_stand_in_a_topic(tree):
    assert all(is_slug(a) for a in tree.areas)
    assert all(here == area.id for here, area in tree.areas.items())


def test_every_path_leads_up_to_the_root(tree):
    for area in tree.areas:
        path = tree.path(area)
        assert (path[0], path[-1]) == (area, tree.root.id)
        assert all(tree.get(low).parent == high for low, high in pairwise(path))


def test_everything_lies_under_the_root_once(tree):
    under = [a.id for a in tree.under(tree.root.id)]
    assert len(under) == len(set(under)) == len(tree.areas)


chosen = st.sampled_from(sorted(TREES)).flatmap(
    lambda name: st.tuples(st.just(TREES[name]), st.lists(st.sampled_from(sorted(TREES[name].areas)), max_size=8))
)


def everything_under(tree, areas):
    return {below.id for a in areas for below in tree.under(a)}


@given(chosen)
def test_the_fewest_areas_reach_just_what_was_chosen(tree_and_chosen):
    tree, areas = tree_and_chosen
    fewest = tree.fewest(areas)
    assert set(fewest) <= set(areas)
    assert everything_under(tree, fewest) == everything_under(tree, areas)


@given(chosen)
def test_none_of_the_fewest_lies_under_another(tree_and_chosen):
    tree, areas = tree_and_chosen
    fewest = tree.fewest(areas)
    assert not any(a != b and tree.holds(a, b) for a in fewest for b in fewest)


@given(chosen, st.randoms())
def test_the_order_of_choosing_does_not_matter(tree_and_chosen, random):
    tree, areas = tree_and_chosen
    shuffled = list(areas) * 2
    random.shuffle(shuffled)
    assert tree.fewest(shuffled) == tree.fewest(areas)


@given(chosen, st.data())
def test_reached_is_who_hangs_at_or_below(tree_and_chosen, data):
    tree, areas = tree_and_chosen
    homes = data.draw(
        st.dictionaries(st.from_regex(r"loa-[0-9]{1,3}", fullmatch=True), st.sampled_from(sorted(tree.areas)))
    )
    below = everything_under(tree, areas)
    assert tree.reached(areas, homes) == tuple(sorted(r for r, home in homes.items() if home in below))
    assert tree.reached(tree.fewest(areas), homes) == tree.reached(areas, homes)


@given(chosen)
def test_holding_is_lying_under(tree_and_chosen):
    tree, areas = tree_and_chosen
    for above in areas:
        below = everything_under(tree, [above])
        assert all(tree.holds(above, other) == (other in below) for other in areas)


def test_an_area_that_is_not_there_is_refused(tree):
    for ask in (tree.get, tree.path, lambda a: tree.fewest([a]), lambda a: list(tree.under(a))):
        with pytest.raises(Refusal, match="no-such-area"):
            ask(AreaId("xa-khong-co-1"))


@pytest.mark.parametrize(
    "rows",
    [
        ["2,commune,Xã Hai,1,0,0", "1,province,Tỉnh Một,,0,0"],
        ["1,province,Tỉnh Một,,0,0", "2,province,Tỉnh Hai,,0,0"],
        ["1,province,Tỉnh Một,,0,0", "1,commune,Xã Một,1,0,0", "1,commune,Xã Một,1,0,0"],
        [],
    ],
    ids=["child before parent", "two roots", "a code twice", "nothing"],
)
def test_a_table_that_is_no_tree_is_refused(rows):
    with pytest.raises(ValueError, match=r"\S"):
        AreaTree.from_csv([HEAD, *rows])


def test_depth_is_data():
    rows = ["1,province,Tỉnh,,0,0", "2,district,Huyện,1,0,0", "3,commune,Xã,2,0,0", "4,hamlet,Ấp,3,0,0"]
    tree = AreaTree.from_csv([HEAD, *rows])
    assert tree.path(AreaId("ap-4")) == ("ap-4", "xa-3", "huyen-2", "tinh-1")


def test_a_tree_nobody_ships_is_not_found():
    with pytest.raises(FileNotFoundError):
        load_tree("nowhere")
