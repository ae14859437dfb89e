"""A million requests in a minute or two: one SQL statement copies real ones, sealed as they are.

A copy has an id, a code, indexes and a receipt of its own, a notice that went out, and the last
line of its history, to which a purge adds the next. Nothing is due to be erased. No copy opens: its
seals are bound to the row that they were made for. So only closed requests are copied, which nobody
opens here.
"""

from benchmarks.sending import FILLED_WITHIN, ask
from tests.site import RunningSite

# Run in a process of the site's own: `shell -c`. `n` numbers the copies; an odd factor modulo 2^32
# gives each a code of its own, in no order.
COPY = """
from django.db import connection
from intake.models import ContactRequest, Event, Notice, Receipt
OWN = {
    "id": "gen_random_uuid()",
    "reference": "upper(lpad(to_hex((n * 2654435761) % 4294967296), 8, '0'))",
    "send_key_hash": "sha256(n::text::bytea)",
    "phone_index": "CASE WHEN contact_method <> 'email' THEN decode(md5('p' || n), 'hex') END",
    "email_index": "CASE WHEN contact_method = 'email' THEN decode(md5('e' || n), 'hex') END",
    "indexed_at": "received_at",
    "couple": "NULL",
    "words_purge_on": "current_date + 30 + (n % 300)::int",
    "identity_purge_on": "current_date + 400 + (n % 2000)::int",
}
OF_EACH = {
    Event: {
        "stream": "id", "request_id": "id", "kind": "kind", "seq": "activity_seq",
        "at": "closed_at", "actor_kind": "'system'", "verb": "'dated'", "facts": "'{}'",
        "row_digest": "sha256('r' || reference::bytea)", "prev": "sha256('p' || reference::bytea)",
        "sealed_digest": "sha256('s' || reference::bytea)", "mac": "sha256(reference::bytea)",
    },
    Receipt: {
        "request_id": "id", "secret_hash": "sha256('c' || reference::bytea)",
        "reply_public": "sha256('k' || reference::bytea)",
    },
    Notice: {
        "id": "gen_random_uuid()", "kind": "'new'", "request_id": "id", "to_person": "false",
        "dedupe": "'new:' || id", "made_at": "received_at", "due_at": "received_at",
        "attempts": "1", "sent_at": "received_at", "error_class": "''",
    },
}
table = ContactRequest._meta.db_table
columns = [field.column for field in ContactRequest._meta.concrete_fields]
values = ", ".join(OWN.get(name, name) for name in columns)
with connection.cursor() as cursor:
    cursor.execute("SET synchronous_commit = off")
    cursor.execute(
        f"UPDATE {table} SET words_purge_on = current_date + 30, "
        "identity_purge_on = current_date + 400 WHERE status = 'closed'"
    )
    cursor.execute(f'''
        INSERT INTO {table} ({", ".join(columns)}) SELECT {values} FROM (
            SELECT (row_number() OVER ())::bigint AS n, closed.* FROM generate_series(1, COUNT)
            CROSS JOIN (SELECT * FROM {table} WHERE status = 'closed' LIMIT 1000) AS closed
            LIMIT COUNT
        ) AS copies
    ''')
    for model, own in OF_EACH.items():
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(own)}) "
            f"SELECT {', '.join(own.values())} FROM {table} WHERE send_key_hash IS NOT NULL"
        )
    cursor.execute("VACUUM ANALYZE")
print(ContactRequest.objects.count())
"""


def copy(site: RunningSite, count: int) -> None:
    """So many more, each a copy of one that is closed. Once for a site, on PostgreSQL."""
    ask(site, COPY.replace("COUNT", str(count)), FILLED_WITHIN)
