"""B1's baseline: all of a webhook in one file of plain Flask: HMAC, one INSERT, commit. Nothing of ours."""

import base64
import hashlib
import hmac
import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask, Response, request

SECRET = os.environ["BENCH_SECRET"].encode()
DATABASE = os.environ["BENCH_DATABASE"]
"""libpq's address, or the path of a SQLite file."""
POSTGRES = DATABASE.startswith("postgresql:")
MARK = "%s" if POSTGRES else "?"
INSERT = (
    "INSERT INTO deliveries (shop, topic, delivery, body) "  # noqa: S608 - placeholders only
    f"VALUES ({MARK}, {MARK}, {MARK}, {MARK}) ON CONFLICT DO NOTHING"
)
app = Flask(__name__)
mine = threading.local()


def connection() -> Any:  # noqa: ANN401 - either driver's
    """This thread's own connection."""
    if not hasattr(mine, "connection"):
        if POSTGRES:
            mine.connection = psycopg.connect(DATABASE)
        else:
            mine.connection = sqlite3.connect(DATABASE, timeout=15)
            mine.connection.execute("PRAGMA journal_mode=WAL")
            mine.connection.execute("PRAGMA synchronous=FULL")
    return mine.connection


@app.post("/webhooks/shopify")
def take() -> Response:
    """Prove, keep, acknowledge."""
    body = request.get_data()
    given = request.headers.get("X-Shopify-Hmac-Sha256", "")
    if not hmac.compare_digest(base64.b64encode(hmac.digest(SECRET, body, hashlib.sha256)).decode(), given):
        return Response(status=401)
    headers = request.headers
    row = (headers["X-Shopify-Shop-Domain"], headers["X-Shopify-Topic"], headers["X-Shopify-Webhook-Id"], body)
    kept = connection()
    kept.execute(INSERT, row)
    kept.commit()
    return Response(status=200)
