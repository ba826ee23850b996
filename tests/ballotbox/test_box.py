"""First look."""

from tests.ballots import Box


def test_first(box: Box) -> None:
    wave = box.wave()
    ticket = wave.ticket(codes={"tier": "Large"})
    page = box.get(f"/s/{ticket}")
    assert page.status == 200, (page.text[-3000:], box.logged())
    done = box.post(f"/s/{ticket}", {"recommend": "9", "change": "Nothing ✓"})
    assert done.status == 200, (done.text[:3000], box.logged())
    assert "Thank you" in done.text
    assert wave.said() == [{"answers": {"recommend": 9, "change": "Nothing ✓"}, "codes": {"tier": "Large"}}]
