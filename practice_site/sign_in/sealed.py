"""Words that lie in a session for a while: only the practice's private key opens them."""

from base64 import b64decode, b64encode
from uuid import uuid4

from intake.encryption import RowKey, keyring

Sealed = dict[str, str]
TABLE = "session"


def seal(text: str, what: str) -> Sealed:
    """Under a key of its own, bound to what it is."""
    key, row, ring = RowKey.new(), str(uuid4()), keyring()
    return {
        "row": row,
        "key_id": ring.primary,
        "key": b64encode(ring.seal_row_key(key, TABLE, row, what)).decode(),
        "text": b64encode(key.seal(text, TABLE, what, row)).decode(),
    }


def open(kept: Sealed, what: str) -> str:  # noqa: A001  # sealed.open(...)
    """Raises WrongKey without the private key, SealBroken for anything else."""
    key = keyring().open_row_key(kept["key_id"], b64decode(kept["key"]), TABLE, kept["row"], what)
    return key.open(b64decode(kept["text"]), TABLE, what, kept["row"])
