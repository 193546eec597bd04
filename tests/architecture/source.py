"""What the architecture tests look at: the files of the project, and their syntax trees. No rules."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("core", "screening", "tests", "benchmarks")


NOT_OURS = {".git", ".venv", "staticfiles", "node_modules", "htmlcov", "var", "__pycache__"}
LEFT_BY_TOOLS = (".pyc", ".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".env", ".coverage")


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that is, or would be, committed."""
    return tuple(sorted(path for path in _listed_by_git() or _walked() if path.is_file()))


def _listed_by_git() -> list[Path]:
    """Ask git; nothing where there is none, or where it does not trust the folder's owner."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [ROOT / name for name in done.stdout.split("\0") if name]


def _walked() -> list[Path]:
    return [path for path in ROOT.rglob("*") if _looks_like_ours(path)]


def _looks_like_ours(path: Path) -> bool:
    parts = set(path.relative_to(ROOT).parts)
    in_a_cache = any(part.endswith("_cache") or part == ".hypothesis" for part in parts)
    return not (parts & NOT_OURS or in_a_cache or path.name.endswith(LEFT_BY_TOOLS))


def files_under(*folders: str, suffix: str = "") -> list[Path]:
    """Return the project's files in these folders, with this ending."""
    return [
        path for path in project_files() if path.relative_to(ROOT).parts[0] in folders and path.name.endswith(suffix)
    ]


def modules(*folders: str) -> list[Path]:
    """Return the Python modules in these folders, without migrations."""
    return [path for path in files_under(*folders, suffix=".py") if "migrations" not in path.parts]


def shown(path: Path) -> str:
    """Return the path as a reader knows it."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_names(module: ast.Module) -> set[str]:
    """Return the first part of every module imported anywhere in this one; relative imports count as "."."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." if node.level else (node.module or "").partition(".")[0])
    return found
