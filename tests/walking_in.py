"""How someone walks in from outside: by what a person sees and types. Needs no settings."""

import time
from base64 import b32decode

from django_otp.oath import TOTP
from playwright.sync_api import Page

PASSWORD = "a-quiet-room-in-the-afternoon"


def code_of(secret: bytes, after: int = 0) -> str:
    """What an app with this secret shows now, or so many half minutes later."""
    app = TOTP(secret, drift=after)
    app.time = time.time()
    return f"{app.token():06}"


def walk_in(page: Page, link: str) -> list[str]:
    """Through a one-time link, in a browser: password, authenticator app, recovery codes."""
    page.goto(link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("Type the key").click()
    page.get_by_label("Code from the app").fill(code_of(secret_on(page)))
    page.get_by_role("button", name="Use this app").click()
    codes = page.locator(".recovery code").all_inner_texts()
    with page.expect_navigation():
        page.get_by_role("button", name="I have kept them").click()
    return codes


def secret_on(page: Page) -> bytes:
    """Of the app that is being added."""
    return b32decode(page.locator(".qr-key code").inner_text().replace(" ", ""))
