from pathlib import Path

import pyrage
import pytest


@pytest.fixture
def identity(tmp_path, settings) -> Path:
    """Kept away from the machine, which knows whom to encrypt to. Backups go to a new folder."""
    made = pyrage.x25519.Identity.generate()
    settings.DATA_DIR = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_RECIPIENTS = (str(made.to_public()),)
    path: Path = tmp_path / "identity.txt"
    path.write_text(f"# created: today\n# public key: {made.to_public()}\n{made}\n")
    return path
