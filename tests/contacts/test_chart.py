"""The map of people: boxes never overlap, nothing leaves the paper, no line runs behind a box."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.chart import BOX_HEIGHT, BOX_WIDTH, Chart, draw
from contacts.reporting import closes_circle


@st.composite
def companies(draw_):
    """People, bosses as the data may hold them (circles and strangers too), and who influences whom."""
    people = draw_(st.permutations(range(1, draw_(st.integers(0, 40)) + 1)))
    anybody = st.sampled_from([*people, 99])
    boss_of = draw_(st.dictionaries(anybody, anybody, max_size=40))
    return people, boss_of, draw_(st.lists(st.tuples(anybody, anybody), max_size=20))


def boxes(chart: Chart):
    return {spot.key: (spot.x, spot.y, spot.x + BOX_WIDTH, spot.y + BOX_HEIGHT) for spot in chart.spots}


def crosses(one, other, box):
    """Whether a level or upright piece of line runs through the inside of a box."""
    left, top, right, bottom = box
    low_x, high_x = sorted((one[0], other[0]))
    low_y, high_y = sorted((one[1], other[1]))
    return low_x < right and high_x > left and low_y < bottom and high_y > top


@settings(max_examples=150, deadline=None)
@given(companies())
def test_whatever_the_company(company):
    people, boss_of, links = company
    chart = draw(people, boss_of, links)
    placed = boxes(chart)
    assert sorted(placed) == sorted(people)
    for one, other in combinations(placed.values(), 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    for left, top, right, bottom in placed.values():
        assert left >= 0
        assert top >= 0
        assert right <= chart.width
        assert bottom <= chart.height
    for line in (*chart.reports, *chart.influences):
        for one, other in pairwise(line.points):
            assert one[0] == other[0] or one[1] == other[1], "a line turns at right angles"
            assert 0 <= other[0] <= chart.width
            assert 0 <= other[1] <= chart.height
            assert not any(crosses(one, other, box) for box in placed.values()), line
    assert chart == draw(people, boss_of, links)


@settings(max_examples=100, deadline=None)
@given(companies())
def test_every_line_that_can_be_drawn_is_drawn(company):
    people, boss_of, links = company
    lines = {who: boss for who, boss in boss_of.items() if who in people and boss in people}
    straight: dict[int, int] = {}
    for who, boss in sorted(lines.items()):
        if not closes_circle(straight, who, boss):
            straight[who] = boss
    chart = draw(people, straight, links)
    columns = {spot.key: spot.column for spot in chart.spots}
    assert {(line.end, line.start) for line in chart.reports} == set(straight.items())
    assert all(columns[who] == columns[boss] + 1 for who, boss in straight.items())
    wanted = [(a, b) for a, b in links if a in people and b in people and a != b]
    assert [(line.start, line.end) for line in chart.influences] == wanted


@given(st.dictionaries(st.integers(1, 6), st.integers(1, 6)), st.integers(1, 6), st.integers(1, 6))
def test_a_circle_is_what_leads_back(lines, who, boss):
    """Against a walk that simply follows the lines until it has seen everybody."""
    after = {**lines, who: boss}
    at, walked = who, 0
    while at in after and walked < 7:
        at, walked = after[at], walked + 1
        if at == who:
            break
    other_circle = walked == 7 and at != who
    assert closes_circle(lines, who, boss) == (at == who or other_circle)


def test_the_head_stands_top_left_and_the_unlinked_below():
    chart = draw([1, 2, 3, 4, 5], {2: 1, 3: 1}, [(3, 1)])
    assert {spot.key: (spot.column, spot.row) for spot in chart.spots} == {
        1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 2), 5: (1, 2),
    }  # fmt: skip
    assert chart.influences[0].path.startswith("M")
    assert draw([], {}, []).spots == ()
