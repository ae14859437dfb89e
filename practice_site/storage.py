"""Static files with hashed names, compressed once, and one style sheet in one file."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

LAYERED_IMPORT = re.compile(r'@import (?:url\()?"([^"]+)"\)?(?: layer\(([\w.-]+)\))?;')
RELATIVE_URL = re.compile(r'url\("(?!data:|/|#|https?:)([^"]+)"\)')


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also replaces the imports of `css/site.css` by what they import, each in its layer.

    The sheet stays a file a component to read and to edit; a browser asks for one.
    """

    support_js_module_import_aggregation = True
    bundle = "css/site.css"

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if self.bundle in paths and not dry_run:
            storage, path = paths[self.bundle]
            with storage.open(path) as sheet:
                self._write(self._inline(sheet.read().decode(), paths))
            paths = {**paths, self.bundle: (self, self.bundle)}
        yield from super().post_process(paths, dry_run, **options)

    def _inline(self, sheet: str, paths: dict[str, Any]) -> str:
        def imported(match: re.Match[str]) -> str:
            name = str(PurePosixPath(self.bundle).parent / match[1])
            storage, path = paths[name]
            with storage.open(path) as part:
                text = self._moved(part.read().decode(), PurePosixPath(match[1]).parent)
            return f"@layer {match[2]} {{\n{text}}}\n" if match[2] else text

        return LAYERED_IMPORT.sub(imported, sheet)

    def _moved(self, text: str, folder: PurePosixPath) -> str:
        """Relative addresses of a part, as seen from the folder of the bundle."""
        return RELATIVE_URL.sub(lambda match: f'url("{folder / match[1]}")', text)

    def _write(self, text: str) -> None:
        with open(self.path(self.bundle), "w", encoding="utf-8") as sheet:
            sheet.write(text)
