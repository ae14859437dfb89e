"""Static files with hashed names, compressed once; one style sheet, one script."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

LAYERED_IMPORT = re.compile(r'@import (?:url\()?"([^"]+)"\)?(?: layer\(([\w.-]+)\))?;')
WHOLE_MODULE = re.compile(r'^import "\./([\w-]+\.js)";$', re.MULTILINE)
RELATIVE_URL = re.compile(r'url\("(?!data:|/|#|https?:)([^"]+)"\)')


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also replaces imports by what they import, sheets each in their layer, modules in a block.

    They stay a file a component to read and to edit; a browser asks for one.
    """

    support_js_module_import_aggregation = True
    bundle = "css/site.css"
    scripts = "js/site.js"

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        for name, inline in ((self.bundle, self._inline), (self.scripts, self._inline_modules)):
            if name in paths and not dry_run:
                self._write(name, inline(self._read(name, paths), paths))
                paths = {**paths, name: (self, name)}
        yield from super().post_process(paths, dry_run, **options)

    def _inline(self, sheet: str, paths: dict[str, Any]) -> str:
        def imported(match: re.Match[str]) -> str:
            name = str(PurePosixPath(self.bundle).parent / match[1])
            text = self._moved(self._read(name, paths), PurePosixPath(match[1]).parent)
            return f"@layer {match[2]} {{\n{text}}}\n" if match[2] else text

        return LAYERED_IMPORT.sub(imported, sheet)

    def _inline_modules(self, script: str, paths: dict[str, Any]) -> str:
        """A block keeps the names of each module to itself. They import and export nothing."""
        folder = PurePosixPath(self.scripts).parent
        return WHOLE_MODULE.sub(
            lambda match: f"{{\n{self._read(str(folder / match[1]), paths)}}}", script
        )

    def _read(self, name: str, paths: dict[str, Any]) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            text: str = file.read().decode()
            return text

    def _moved(self, text: str, folder: PurePosixPath) -> str:
        """Relative addresses of a part, as seen from the folder of the bundle."""
        return RELATIVE_URL.sub(lambda match: f'url("{folder / match[1]}")', text)

    def _write(self, name: str, text: str) -> None:
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
