"""Topics: built and parsed in one place, ASCII throughout."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from devices import topics
from devices.loopback import matches
from devices.topics import _LEAVES, MAX_BYTES, ROOT, TOPIC_LENGTH, BadTopic, Leaf, Scope, Topic, parse
from devices.vocabulary import ClipHash, is_slug

HASH = ClipHash("0123456789abcdef" * 4)

slugs = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(is_slug)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64).map(ClipHash)


@st.composite
def every_topic(draw: st.DrawFn) -> Topic:
    scope = draw(st.sampled_from(sorted(_LEAVES)))
    leaf = draw(st.sampled_from(sorted(_LEAVES[scope])))
    return Topic(scope, draw(slugs), leaf, draw(hashes) if leaf is Leaf.CLIP else None)


@given(every_topic())
def test_what_is_built_is_parsed_as_the_same(topic):
    assert parse(str(topic)) == topic


@given(every_topic())
def test_every_topic_is_ascii_begins_with_an_l_and_fits(topic):
    text = str(topic)
    assert text.isascii()
    assert text.startswith(f"{ROOT}/")
    assert text[0] == "l"
    assert len(text) <= TOPIC_LENGTH
    assert not set(text) & set("+#\0 $")


@given(st.text(max_size=250))
def test_what_is_parsed_is_a_topic_to_the_letter_or_nothing(text):
    try:
        topic = parse(text)
    except BadTopic:
        return
    assert str(topic) == text


@given(every_topic(), st.integers(0, 300), st.characters())
def test_one_wrong_character_never_makes_it_another_text_than_it_says(topic, place, character):
    text = str(topic)
    assume(place < len(text))
    altered = text[:place] + character + text[place + 1 :]
    try:
        assert str(parse(altered)) == altered
    except BadTopic:
        assert altered != text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "loalang",
        "loalang/v1",
        "loalang/v1/area/a",
        "loalang/v1/area/a/",
        "loalang/v1/area//plan",
        "loalang/v2/area/a/plan",
        "Loalang/v1/area/a/plan",
        "/loalang/v1/area/a/plan",
        "loalang/v1/area/a/plan/",
        "loalang/v1/area/a/plan/extra",
        "loalang/v1/area/a/plan/" + HASH,
        "loalang/v1/area/a/clip",
        "loalang/v1/area/a/clip/abc",
        "loalang/v1/area/a/clip/" + HASH.upper(),
        "loalang/v1/area/a/clip/" + HASH + "/x",
        "loalang/v1/area/a/state",
        "loalang/v1/receiver/r/alarm",
        "loalang/v1/receiver/r/clip/" + HASH,
        "loalang/v1/probe/server",
        "loalang/v1/probe/server/plan",
        "loalang/v1/area/xã/plan",
        "loalang/v1/area/a\n/plan",
        "loalang/v1/area/a/plan\n",
        "loalang/v1/area/+/plan",
        "loalang/v1/area/#",
        "loalang/v1/area/A/plan",
        "loalang/v1/area/-a/plan",
        "loalang/v1/area/a--b/plan",
        "loalang/v1/area/" + "a" * 65 + "/plan",
        "loalang/v1/area/" + "a" * 300 + "/plan",
    ],
)
def test_what_is_no_topic_of_ours_is_refused(text):
    with pytest.raises(BadTopic):
        parse(text)


def test_what_cannot_stand_on_the_wire_cannot_be_built():
    for build in (
        lambda: topics.area("Xã Thạnh Đức", Leaf.PLAN),
        lambda: topics.area("a", Leaf.STATE),
        lambda: topics.area("a", Leaf.CLIP),
        lambda: topics.area("a", Leaf.PLAN, HASH),
        lambda: topics.area("a", Leaf.CLIP, ClipHash("x")),
        lambda: topics.receiver("r", Leaf.ALARM),
        lambda: Topic(Scope.PROBE, "a", Leaf.PLAN),
        lambda: topics.of_target("planet/earth", Leaf.PLAN),
        lambda: topics.of_target("area/a/plan", Leaf.PLAN),
        lambda: topics.probe("Máy chủ"),
    ):
        with pytest.raises(BadTopic):
            build()


@given(every_topic())
def test_the_target_of_a_topic_leads_back_to_it(topic):
    assume(topic.leaf is not Leaf.CLIP)
    assert topics.of_target(topic.target, topic.leaf) == topic


def test_every_leaf_has_its_bound():
    assert set(MAX_BYTES) == set(Leaf)


AREAS = ("xa-a", "huyen-b", "tinh-c")


def test_a_receiver_hears_what_is_for_it_and_for_every_area_above_and_nothing_else():
    filters = topics.receiver_filters("r", AREAS)
    assert len(set(filters)) == len(filters)

    def hears(topic: Topic) -> int:
        return sum(matches(f, str(topic)) for f in filters)

    for leaf in _LEAVES[Scope.RECEIVER]:
        assert hears(topics.receiver("r", leaf)) == (leaf not in {Leaf.STATE, Leaf.REPORT})
        assert hears(topics.receiver("other", leaf)) == 0
    for leaf in _LEAVES[Scope.AREA]:
        clip = HASH if leaf is Leaf.CLIP else None
        for area in AREAS:
            assert hears(topics.area(area, leaf, clip)) == 1
        assert hears(topics.area("xa-other", leaf, clip)) == 0


def test_the_alarm_is_the_first_thing_asked_for_in_every_area():
    shared = [f for f in topics.receiver_filters("r", AREAS) if f.startswith(f"{ROOT}/area/xa-a/")]
    assert shared[0].endswith("/alarm")


def test_the_server_hears_every_state_and_report_and_nothing_else():
    for scope, leaves in _LEAVES.items():
        for leaf in leaves:
            topic = Topic(scope, "x", leaf, HASH if leaf is Leaf.CLIP else None)
            heard = sum(matches(f, str(topic)) for f in topics.SERVER_FILTERS)
            assert heard == (leaf in {Leaf.STATE, Leaf.REPORT})


def test_a_probe_is_heard_by_nobody_else():
    probe = topics.probe("server")
    for pattern in (*topics.SERVER_FILTERS, *topics.receiver_filters("server", ("server",))):
        assert not matches(pattern, probe)
