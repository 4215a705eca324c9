"""What is wrong with a location's printing, told to its expo."""

from kitchen import boards, feeds
from kitchen.models import Location


def tell_alarms(location: Location) -> None:
    """Raise the expo's feed with the alarms as they are now, within the transaction of a change.

    Its key comes first of all feeds, so it may be raised before an order's own.
    """
    alarms = boards.alarms(location.pk)
    feeds.publish([feeds.Event(feeds.expo(location.code), {"alarms": alarms})])
