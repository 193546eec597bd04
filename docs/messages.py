"""The words of the product that are marked for translation: where they stand, and the catalogues that translate them.

Two catalogues for each language, ``core/locale`` and ``screening/locale``. A ``.po`` file is what people read and
change; the ``.mo`` beside it holds the same for programs. Both formats are GNU gettext's own, and everything here is
done without its programs, so that nobody needs to install them.
"""

import ast
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "screening")
LANGUAGES = ("es",)
ONE, MANY = {"gettext", "gettext_lazy", "gettext_noop"}, {"ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
MARKUP = re.compile(r"</?[a-z][^>]*>")
HEADER = (
    "Project-Id-Version: Soundings\nLanguage: {language}\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)
DRAFT = "# A draft translation, for clinical review.\n"
_LITERAL = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_IN_TEMPLATES = re.compile(rf"\b(_|gettext|ngettext)\(\s*u?{_LITERAL}(?:\s*,\s*u?{_LITERAL})?")


@dataclass
class Message:
    """One text that is marked: in the singular and, where it is counted, the plural; and the files it stands in."""

    text: str
    plural: str = ""
    places: set[str] = field(default_factory=set)


@dataclass
class Entry:
    """One text of a catalogue, with its translation: one form, or two where it is counted."""

    text: str
    plural: str = ""
    translated: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)


@cache
def marked(app: str) -> dict[str, Message]:
    """Return the texts that are marked in an app's code and templates; none of screening's is among the core's too."""
    found: dict[str, Message] = {}
    for path in _files(app):
        for text, plural in _in_template(path) if path.suffix == ".html" else _in_python(path):
            message = found.setdefault(text, Message(text))
            message.plural = message.plural or plural
            message.places.add(path.relative_to(ROOT).as_posix())
    return found if app == "core" else {text: found[text] for text in found.keys() - marked("core").keys()}


def catalogue(app: str, language: str) -> Path:
    """Return where the catalogue of an app lies, as people read it."""
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> dict[str, Entry]:
    """Read a catalogue, its header left out."""
    found: dict[str, Entry] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n") if path.exists() else ():
        entry = _entry(block)
        if entry.text:
            found[entry.text] = entry
    return found


def written(app: str, language: str, entries: dict[str, Entry]) -> str:
    """Return an app's catalogue as a file: every marked text, with the translation that ``entries`` have for it."""
    blocks = [f'{DRAFT}msgid ""\nmsgstr ""\n{_lines(HEADER.format(language=language))}']
    for text, message in sorted(marked(app).items(), key=lambda item: (item[0].casefold(), item[0])):
        entry = entries.get(text, Entry(text))
        given = [*entry.translated, "", ""]
        says = "".join(f"#: {place}\n" for place in sorted(message.places))
        says += "#, python-format\n" if re.search(r"%\(\w+\)", text) else ""
        says += f"msgid {_quoted(text)}\n"
        if message.plural:
            says += f"msgid_plural {_quoted(message.plural)}\n"
            says += f"msgstr[0] {_quoted(given[0])}\nmsgstr[1] {_quoted(given[1])}"
        else:
            says += f"msgstr {_quoted(given[0])}"
        blocks.append(says)
    return "\n\n".join(blocks) + "\n"


def compiled(language: str, entries: dict[str, Entry]) -> bytes:
    """Return a catalogue as programs read it: GNU's ``.mo``, sorted, without a table of hashes."""
    pairs = {b"": HEADER.format(language=language).encode()}
    for entry in entries.values():
        if all(entry.translated) and entry.translated:
            key = entry.text + (f"\0{entry.plural}" if entry.plural else "")
            pairs[key.encode()] = "\0".join(entry.translated).encode()
    keys = sorted(pairs)
    ids, texts = b"".join(key + b"\0" for key in keys), b"".join(pairs[key] + b"\0" for key in keys)
    start = 7 * 4
    tables, of_ids = 2 * 8 * len(keys), start + 2 * 8 * len(keys)
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), start, start + tables // 2, 0, of_ids)
    return head + _table(keys, of_ids) + _table([pairs[key] for key in keys], of_ids + len(ids)) + ids + texts


def _table(texts: list[bytes], at: int) -> bytes:
    table = b""
    for text in texts:
        table += struct.pack("<2I", len(text), at)
        at += len(text) + 1
    return table


def _files(app: str) -> Iterator[Path]:
    yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        subject = path.relative_to(ROOT / "templates").parts[0] == "screening"
        if subject == (app == "screening"):
            yield path


def _in_python(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ONE | MANY):
            continue
        texts = [given.value for given in node.args if isinstance(given, ast.Constant) and isinstance(given.value, str)]
        if texts:
            yield texts[0], texts[1] if node.func.id in MANY else ""


def _in_template(path: Path) -> Iterator[tuple[str, str]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - only where templates are read

    for call, text, plural in _IN_TEMPLATES.findall(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(text), ast.literal_eval(plural) if call == "ngettext" else ""


def _entry(block: str) -> Entry:
    """Read one entry: a keyword with a quoted text, which further quoted lines go on with."""
    says: dict[str, str] = {}
    key, flags = "", set()
    for line in block.splitlines():
        if line.startswith("#,"):
            flags |= {flag.strip() for flag in line[2:].split(",")}
        elif line.startswith("msg"):
            key, _, rest = line.partition(" ")
            says[key] = ast.literal_eval(rest)
        elif line.startswith('"'):
            says[key] += ast.literal_eval(line)
    translated = [says[name] for name in ("msgstr", "msgstr[0]", "msgstr[1]") if name in says]
    return Entry(says.get("msgid", ""), says.get("msgid_plural", ""), translated, flags)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def _lines(text: str) -> str:
    return "\n".join(_quoted(line) for line in text.splitlines(keepends=True))
