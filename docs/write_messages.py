"""Writes the catalogues of translations anew, and what programs read of them: ``python -m docs.write_messages``.

Texts that are marked and new stand there without a translation afterwards, and texts that are gone are gone. Every
translation that was there stays. Then put the new ones into words, and run it once more for the ``.mo`` files.
"""

import sys

from docs.messages import APPS, LANGUAGES, catalogue, compiled, read, written


def main() -> None:
    """Write every catalogue, and say how many of its texts have no translation yet."""
    for language in LANGUAGES:
        for app in APPS:
            path = catalogue(app, language)
            path.write_text(written(app, language, read(path)), encoding="utf-8")
            entries = read(path)
            path.with_suffix(".mo").write_bytes(compiled(language, entries))
            left = sum(not all(entry.translated) for entry in entries.values())
            sys.stdout.write(f"{app}, {language}: {len(entries)} texts, {left} to be translated\n")


if __name__ == "__main__":
    main()
