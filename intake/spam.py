"""Signs that no person filled in the form. A sign holds a request for review; it drops nothing."""

from datetime import datetime, timedelta

# A page that stood open longer is looked at by a person before it counts as one.
TOKEN_LIFE = timedelta(days=2)


def held_reason(
    *,
    trap: str,
    made_at: datetime,
    now: datetime,
    min_fill: timedelta,
    token_life: timedelta = TOKEN_LIFE,
) -> str:
    """'' for a person; else the plainest sign: 'trap', 'fast' or 'expired'.

    `trap` is what stood in the field that people do not see; `made_at` is when the form was made.
    """
    if trap.strip():
        return "trap"
    if now - made_at < min_fill:
        return "fast"
    return "expired" if now - made_at > token_life else ""
