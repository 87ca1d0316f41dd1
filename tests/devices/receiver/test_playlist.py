from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.messages import Assignment, Plan, PlannedAiring, VolumeCap
from devices.receiver.playlist import Due, Knows, Mark, MarkState, due, loudest, merge, preview, quiet, withdrawn
from devices.vocabulary import Level, Why

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # 12:00 in Tây Ninh
CLIP = "a" * 64
S = timedelta(seconds=1)


def airing(id_="a", at=NOON, **more):
    return PlannedAiring(**{"id": id_, "at": at, "clip": CLIP, "seconds": 30.0, "size": 10, **more})


def plan(*airings, number=1, target="area/xa", issued=NOON - 3600 * S, expires=NOON + timedelta(days=3)):
    return Plan(target=target, number=number, issued=issued, expires=expires, airings=airings)


def assignment(**more):
    far = NOON + timedelta(days=400)
    return Assignment(target="receiver/r", number=1, issued=NOON, expires=far, areas=("xa",), clips_url="", **more)


HAS = Knows(clips=frozenset({CLIP}))
OPEN = assignment()
QUIET = assignment(quiet_from="22:00", quiet_to="05:00")


def test_an_airing_starts_at_its_instant_and_not_before():
    a = airing()
    assert due([a], HAS, OPEN, NOON - S) == Due(wake=NOON)
    assert due([a], HAS, OPEN, NOON).start == a


def test_with_a_lead_it_is_made_ready_ahead():
    a = airing()
    assert due([a], HAS, OPEN, NOON - 3 * S, lead=2 * S).wake == NOON - 2 * S
    assert due([a], HAS, OPEN, NOON - 2 * S, lead=2 * S).start == a


def test_what_the_window_leaves_behind_is_missed():
    a = airing(window_s=60)
    assert due([a], HAS, OPEN, NOON + 60 * S).start == a
    assert due([a], HAS, OPEN, NOON + 61 * S).over == ((a, Why.WINDOW_PASSED),)


def test_without_its_clip_it_waits_and_is_missed_for_want_of_sound():
    a = airing(window_s=60)
    answer = due([a], Knows(), OPEN, NOON)
    assert answer.start is None
    assert answer.wake == NOON + 60 * S + timedelta(milliseconds=1)
    assert due([a], Knows(), OPEN, NOON + 61 * S).over == ((a, Why.NO_SOUND),)


def test_a_benched_airing_waits():
    assert due([airing()], Knows(clips={CLIP}, benched={"a"}), OPEN, NOON).start is None


def test_the_quiet_hours_hold_for_the_planned_instant():
    night = NOON + timedelta(hours=12)
    a = airing(at=night)
    assert due([a], HAS, QUIET, night).over == ((a, Why.QUIET_HOURS),)
    assert due([airing(at=night, quiet_hours_confirmed=True)], HAS, QUIET, night).start is not None
    assert due([airing(at=night, level=Level.EMERGENCY)], HAS, QUIET, night).start is not None
    assert due([airing(at=night, level=Level.PRIORITY)], HAS, QUIET, night).start is None


def test_the_quiet_hours_hold_for_what_begins_late():
    evening = datetime(2026, 11, 25, 14, 59, 30, tzinfo=UTC)  # 21:59:30
    a = airing(at=evening)
    assert due([a], HAS, QUIET, evening).start == a
    assert due([a], HAS, QUIET, evening + 30 * S).over == ((a, Why.QUIET_HOURS),)


def test_the_morning_does_not_wake_what_was_planned_for_the_night():
    before_five = datetime(2026, 11, 24, 21, 58, tzinfo=UTC)  # 04:58
    a = airing(at=before_five)
    assert due([a], HAS, QUIET, before_five + 150 * S).over == ((a, Why.QUIET_HOURS),)


def test_the_quiet_hours_have_their_start_and_not_their_end():
    assert quiet(QUIET, datetime(2026, 11, 25, 15, 0, tzinfo=UTC))
    assert not quiet(QUIET, datetime(2026, 11, 25, 22, 0, tzinfo=UTC))
    assert quiet(assignment(quiet_from="12:00", quiet_to="13:00"), NOON)
    assert not quiet(assignment(quiet_from="12:00", quiet_to="12:00"), NOON)
    assert not quiet(assignment(quiet_from="12:00"), NOON)


def test_what_is_no_longer_valid_does_not_start():
    a = airing(valid_until=NOON + 10 * S)
    assert due([a], HAS, OPEN, NOON + 10 * S).start == a
    assert due([a], HAS, OPEN, NOON + 11 * S).over == ((a, Why.EXPIRED),)
    stale = airing(valid_until=NOON - S)
    assert due([stale], HAS, OPEN, NOON).over == ((stale, Why.EXPIRED),)


def test_a_higher_level_takes_the_horn_and_an_equal_one_waits():
    routine, priority = airing("a"), airing("b", level=Level.PRIORITY)
    assert due([routine, priority], HAS, OPEN, NOON, sounding=airing("x")).start == priority
    answer = due([routine], HAS, OPEN, NOON, sounding=airing("x"))
    assert (answer.start, answer.over) == (None, ())
    assert due([routine, priority], HAS, OPEN, NOON).start == priority


def test_a_higher_level_does_not_take_the_horn_ahead_of_its_instant():
    late = airing("b", at=NOON + S, level=Level.EMERGENCY)
    assert due([late], HAS, OPEN, NOON, sounding=airing("x"), lead=2 * S) == Due(wake=NOON + S)


def test_what_broke_off_goes_on_if_the_plan_says_so():
    broken = Knows(marks={"a": Mark(MarkState.BROKEN_OFF, 10_000)}, clips={CLIP})
    assert due([airing()], broken, OPEN, NOON + 20 * S) == Due()
    answer = due([airing(resume=True)], broken, OPEN, NOON + 20 * S)
    assert (answer.start, answer.from_ms) == (airing(resume=True), 10_000)
    assert due([airing(resume=True, window_s=60)], broken, OPEN, NOON + 90 * S).start is not None
    assert due([airing(resume=True, window_s=60)], broken, OPEN, NOON + 91 * S) == Due()


def test_an_airing_is_taken_back_by_a_newer_plan_only_while_it_would_still_stand_in_it():
    a = airing()
    assert not withdrawn(a, [plan(a)])
    assert withdrawn(a, [plan(a), plan(number=2, issued=NOON + S)])
    assert not withdrawn(a, [plan(number=2, issued=NOON + 31 * S)])
    assert not withdrawn(a, [plan(number=2, issued=NOON), plan(a, target="area/tinh")])
    assert withdrawn(a, [])


def test_the_preview_shows_turns_pre_emption_and_refusals():
    first, second = airing("a"), airing("b", at=NOON + 10 * S)
    third = airing("c", at=NOON + 40 * S, level=Level.EMERGENCY)
    night = airing("n", at=NOON + timedelta(hours=12))
    shown = preview([plan(first, second, third, night)], QUIET, NOON, NOON + timedelta(hours=24))
    assert [(u.airing.id, u.starts, u.ends, u.why, u.cut_short) for u in shown] == [
        ("a", NOON, NOON + 30 * S, None, False),
        ("b", NOON + 30 * S, NOON + 40 * S, None, True),
        ("c", NOON + 40 * S, NOON + 70 * S, None, False),
        ("n", None, None, Why.QUIET_HOURS, False),
    ]


# --- properties ---------------------------------------------------------------------------------------------------

instants = st.integers(-300, 900).map(lambda s: NOON + s * S)
airings = st.builds(
    PlannedAiring,
    id=st.sampled_from([f"s{i}" for i in range(12)]),
    at=instants,
    clip=st.sampled_from([CLIP, "b" * 64]),
    seconds=st.sampled_from([1.0, 5.0, 60.0, 400.0]),
    size=st.just(10),
    level=st.sampled_from(Level),
    window_s=st.sampled_from([1, 60, 300]),
    resume=st.booleans(),
    quiet_hours_confirmed=st.booleans(),
    valid_until=st.none() | instants,
)
plans = st.lists(
    st.builds(
        Plan,
        target=st.sampled_from(["area/xa", "area/huyen", "area/tinh", "receiver/r"]),
        number=st.integers(1, 5),
        issued=instants,
        expires=instants,
        airings=st.lists(airings, max_size=6, unique_by=lambda a: a.id).map(tuple),
    ),
    max_size=8,
)
hours = st.sampled_from([OPEN, QUIET, assignment(quiet_from="12:03", quiet_to="12:06")])


@given(plans, st.randoms(), instants)
def test_the_order_of_arrival_never_matters(given_plans, random, now):
    shuffled = list(given_plans)
    random.shuffle(shuffled)
    assert merge(shuffled, now) == merge(given_plans, now)


@given(plans, instants)
def test_an_expired_or_replaced_plan_gives_nothing(given_plans, now):
    in_force = {
        a.id
        for p in given_plans
        if p.expires > now and all(q.number <= p.number for q in given_plans if q.target == p.target)
        for a in p.airings
    }
    merged = [a.id for a in merge(given_plans, now)]
    assert set(merged) <= in_force
    assert len(merged) == len(set(merged))


def walk(given_plans, arrivals, house, jumps):
    """Live through twenty minutes, a second at a time; yields (now, airing) for every start."""
    marks: dict[str, Mark] = {}
    starts = []
    now, ends = NOON - 310 * S, 0.0
    sounding: PlannedAiring | None = None
    for second in range(1520):
        now += S + timedelta(seconds=jumps.get(second, 0))
        held = [p for p, arrival in zip(given_plans, arrivals, strict=False) if arrival <= second]
        if sounding is not None and second >= ends:
            sounding = None
        answer = due(merge(held, now), Knows(marks, frozenset({CLIP})), house, now, sounding)
        for missed, _why in answer.over:
            assert missed.id not in marks
            marks[missed.id] = Mark(MarkState.MISSED)
        if answer.start is not None:
            starts.append((now, answer.start, sounding, held))
            marks[answer.start.id] = Mark(MarkState.BEGUN)
            sounding, ends = answer.start, second + answer.start.seconds
    return starts


@settings(max_examples=25, deadline=None)
@given(
    plans,
    st.lists(st.integers(0, 900), min_size=8, max_size=8),
    hours,
    st.dictionaries(st.integers(0, 1300), st.integers(-600, 600), max_size=3),
)
def test_whatever_comes_and_however_the_clock_jumps_the_rules_hold(given_plans, arrivals, house, jumps):
    starts = walk(given_plans, arrivals, house, jumps)
    assert len({a.id for _, a, _, _ in starts}) == len(starts), "something sounded twice"
    for now, a, sounding, held in starts:
        assert a.at <= now <= a.at + timedelta(seconds=a.window_s), "outside its window"
        assert a.valid_until is None or now <= a.valid_until, "past its validity"
        assert any(a in p.airings and p.expires > now for p in held), "from an expired plan"
        assert a.clip == CLIP
        if not a.quiet_hours_confirmed and a.level is not Level.EMERGENCY:
            assert not quiet(house, now), "in the quiet hours"
        assert sounding is None or a.level.rank > sounding.level.rank, "took the horn from its equal"


@settings(max_examples=30, deadline=None)
@given(plans, hours)
def test_the_preview_says_what_the_receiver_does(given_plans, house):
    begin = NOON - 310 * S
    lasting = [
        Plan(target=p.target, number=p.number, issued=p.issued, expires=NOON + timedelta(days=1), airings=p.airings)
        for p in given_plans
    ]
    with_sound = [
        Plan(
            target=p.target,
            number=p.number,
            issued=p.issued,
            expires=p.expires,
            airings=tuple(a for a in p.airings if a.clip == CLIP),
        )
        for p in lasting
    ]
    lived = [(a.id, now) for now, a, _, _ in walk(with_sound, [0] * 8, house, {})]
    shown = preview(with_sound, house, begin, NOON + 1000 * S)
    assert sorted(lived) == sorted((u.airing.id, u.starts) for u in shown if u.starts is not None)


SOFT = assignment(caps=(VolumeCap(start="05:00", end="06:00", most=60), VolumeCap(start="21:00", end="05:30", most=40)))
FIVE = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)  # 05:00 in Tây Ninh


def test_in_softer_hours_no_moment_of_an_airing_is_louder_than_they_allow():
    minute = 60 * S
    assert loudest(SOFT, airing(), FIVE + 31 * minute) == 60
    assert loudest(SOFT, airing(), FIVE + 29 * minute) == 40, "the lowest of those that hold"
    assert loudest(SOFT, airing(), FIVE + 60 * minute) == 100
    assert loudest(SOFT, airing(), FIVE + 16 * 60 * minute - 20 * S) == 40, "it reaches into them"
    assert loudest(SOFT, airing(level=Level.EMERGENCY), FIVE) == 100
    assert loudest(OPEN, airing(), FIVE) == 100


@given(st.integers(0, 2879), st.integers(0, 7200), st.integers(0, 1439), st.integers(0, 1439))
def test_a_cap_holds_exactly_where_its_hours_and_the_airing_meet(minute, seconds, begin, end):
    def wall(of_day):
        return f"{of_day // 60:02}:{of_day % 60:02}"

    start = FIVE + timedelta(minutes=minute)
    held = assignment(caps=(VolumeCap(start=wall(begin), end=wall(end), most=50),))
    first = (300 + minute) * 60
    inside = any(
        begin <= moment // 60 % 1440 < end if begin < end else not end <= moment // 60 % 1440 < begin
        for moment in {first, *range(first - first % 60 + 60, first + seconds, 60)}
    )
    assert loudest(held, airing(seconds=float(seconds)), start) == (50 if inside or begin == end else 100)
