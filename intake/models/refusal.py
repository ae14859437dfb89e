class NotAllowed(Exception):  # noqa: N818  # a sentence, not a kind of error
    """This verb does not fit the request as it stands. The message is for staff."""
