from intake.charts import LABEL, ROOM_FOR_COUNT, ROW, WIDTH, bars


def test_longest_bar_takes_all_the_room_and_the_others_their_share():
    chart = bars([("Website", 20), ("Phone", 5), ("In person", 0)])
    room = WIDTH - LABEL - ROOM_FOR_COUNT
    assert [bar.length for bar in chart.bars] == [room, round(room / 4), 0]
    assert (chart.width, chart.height) == (WIDTH, 3 * ROW)
    assert chart.largest == "Most: Website, 20."


def test_nothing_draws_nothing():
    assert [bar.length for bar in bars([("Website", 0)]).bars] == [0]
    assert bars([]).bars == []
