"""The example practice, as Markdown and YAML that a person can read and edit.

`reading` checks the files, `loading` writes them into the database.
"""

from pages.starter.loading import load
from pages.starter.reading import Starter, StarterError, read

__all__ = ["Starter", "StarterError", "load", "read"]
