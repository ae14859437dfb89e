"""Every header of every kind of answer, compared as a whole."""

CSP = {
    "public": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "staff": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "preview": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'",
}
NOTHING_ALLOWED = (
    "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(), "
    "display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), "
    "identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), "
    "storage-access=(), usb=(), web-share=(), xr-spatial-tracking=()"
)


def always(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": CSP[policy],
        "Permissions-Policy": NOTHING_ALLOWED,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Type": "text/html; charset=utf-8",
    }


def headers(response) -> dict[str, str]:
    """All but the length and the moment, which say nothing about policy."""
    return {k: v for k, v in response.headers.items() if k not in ("Content-Length", "Expires")}
