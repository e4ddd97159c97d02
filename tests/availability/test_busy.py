"""What calendars elsewhere say."""

from datetime import UTC, datetime

from openslot.availability import busy
from openslot.availability.models import Busy
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from tests.town import at

MORNING = Span(at(8), at(9))
EVENING = Span(at(16), at(17))


def known(provider):
    return {
        (row.source, row.key): Span(row.start, row.end)
        for row in Busy.objects.filter(provider=provider)
    }


def test_spans_are_written_changed_and_removed_by_their_key(ada):
    busy.merge(ada.provider, source="a", changes=[("one", MORNING), ("two", MORNING)])
    busy.merge(ada.provider, source="a", changes=[("one", EVENING), ("two", None), ("no", None)])
    assert known(ada.provider) == {("a", "one"): EVENING}


def test_the_same_again_changes_nothing(ada):
    for _ in range(2):
        busy.merge(ada.provider, source="a", changes=[("one", MORNING)])
    assert known(ada.provider) == {("a", "one"): MORNING}


def test_the_last_change_of_a_key_wins(ada):
    busy.merge(ada.provider, source="a", changes=[("one", None), ("one", MORNING)])
    busy.merge(ada.provider, source="a", changes=[("one", None), ("one", EVENING)])
    assert known(ada.provider) == {("a", "one"): EVENING}


def test_sources_and_providers_are_apart(ada, dan):
    busy.merge(ada.provider, source="a", changes=[("one", MORNING)])
    busy.merge(ada.provider, source="b", changes=[("one", EVENING)])
    busy.merge(dan.provider, source="a", changes=[("one", EVENING)])
    busy.merge(ada.provider, source="a", changes=[("one", None)])
    assert known(ada.provider) == {("b", "one"): EVENING}
    assert known(dan.provider) == {("a", "one"): EVENING}


def test_what_has_no_length_takes_no_time(ada):
    busy.merge(ada.provider, source="a", changes=[("one", MORNING)])
    busy.merge(ada.provider, source="a", changes=[("one", Span(at(8), at(8)))])
    assert known(ada.provider) == {}


def test_what_goes_on_for_ever_ends_where_our_time_ends(ada):
    ancient, never = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
    busy.merge(ada.provider, source="a", changes=[("one", Span(ancient, never))])
    assert known(ada.provider) == {("a", "one"): Span(timerange.EARLIEST, timerange.LATEST)}
    busy.merge(ada.provider, source="a", changes=[("one", Span(timerange.LATEST, never))])
    assert known(ada.provider) == {}
