"""Every import of the repository, read from the source and held against the table of ARCHITECTURE.md."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

EVERYTHING = frozenset({"policy", "hardware", "broker", "kiosk", "admin_web", "demo"})


@dataclass(frozen=True, slots=True)
class Folder:
    """What one top-level folder may import, ours and third party; nothing else, and nothing unnamed."""

    ours: frozenset[str]
    third: frozenset[str]


FOLDERS = {
    "policy": Folder(frozenset(), frozenset()),
    "hardware": Folder(frozenset(), frozenset({"gpiozero", "mfrc522", "spidev", "RPi"})),
    "broker": Folder(frozenset({"policy"}), frozenset({"pydantic", "pydantic_core", "cryptography", "paho"})),
    "kiosk": Folder(
        frozenset({"policy", "hardware", "broker"}),
        # click: the base of typer, for its errors
        frozenset({"pydantic", "typer", "click", "kivy", "PIL"}),
    ),
    "admin_web": Folder(
        frozenset({"policy", "broker"}),
        frozenset(
            {
                *("sqlalchemy", "alembic", "fastapi", "uvicorn", "jinja2", "argon2", "typer", "pydantic", "psycopg"),
                # starlette and click: the bases of fastapi and typer, for their own types; markupsafe: jinja2's text
                *("starlette", "click", "markupsafe", "icalendar"),
            }
        ),
    ),
    "demo": Folder(frozenset(), frozenset({"fastapi", "uvicorn", "typer", "starlette"})),
    # Figures drive the whole product and measure it against what it is built on.
    "bench": Folder(EVERYTHING, frozenset({"mfrc522", "playwright", "sqlalchemy", "uvicorn", "paho"})),
    "tests": Folder(
        EVERYTHING | {"bench"},
        frozenset(
            {
                *("pytest", "hypothesis", "playwright", "httpx", "kivy", "PIL", "babel", "fontTools"),
                *(
                    "cryptography",
                    "fastapi",
                    "gpiozero",
                    "mfrc522",
                    "paho",
                    "psycopg",
                    "pydantic",
                    "pydantic_core",
                    "spidev",
                    "RPi",
                ),
                *("sqlalchemy", "alembic", "starlette", "typer", "uvicorn", "click"),
                "dateutil",  # another reader of recurrence rules, to compare ours with
            }
        ),
    ),
}

CONFINED = {
    "paho": ("broker/session.py",),
    "kivy": ("kiosk/screens/",),
    "PIL": ("kiosk/screens/",),
    "gpiozero": ("hardware/",),
    "mfrc522": ("hardware/rfid/chip.py",),
    "icalendar": ("admin_web/calendars/icalendars.py",),
}
"""Third parties that only one file or folder of the product may know."""

LAZY = frozenset({"spidev", "RPi"})
"""Exist only on a Pi: imported inside the function that needs them."""

WITHOUT_PYTHON = frozenset({"docs", "requirements", "systemd", "tools"})

LONGEST = 400
LONG_FILES = {
    "admin_web/database/migrations/versions/0001_first_tables.py": "one migration is one step: every table",
}
"""Files of the product over 400 lines, each with the reason why it is better whole."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import: where it stands, what it names, and when it runs."""

    file: Path
    line: int
    module: str
    lazy: bool
    """Inside a function: runs when that does."""
    typing: bool
    """Under `if TYPE_CHECKING`: never runs, so it can close no cycle."""

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports_of(file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_bytes(), str(file))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    never = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test).endswith("TYPE_CHECKING")
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        when = (id(node) in inside, id(node) in never)
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, *when)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield Import(file, node.lineno, f"relative import (level {node.level})", *when)
            else:
                for alias in node.names:
                    yield Import(file, node.lineno, f"{node.module}.{alias.name}", *when)


ALL_IMPORTS = [found for folder in FOLDERS for file in python_files(folder) for found in imports_of(file)]
PRODUCT = [found for found in ALL_IMPORTS if found.file.relative_to(ROOT).parts[0] in EVERYTHING]


def test_every_folder_with_python_in_it_is_placed() -> None:
    with_python = {
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith((".", "_")) and any(folder.rglob("*.py"))
    }
    assert with_python - WITHOUT_PYTHON <= FOLDERS.keys(), "place the new folder in FOLDERS and ARCHITECTURE.md"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_what_the_table_allows(folder: str) -> None:
    allowed = FOLDERS[folder]
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if found.file.relative_to(ROOT).parts[0] == folder
        and found.top not in sys.stdlib_module_names
        and found.top != folder
        and found.top not in allowed.ours | allowed.third
    ]
    assert wrong == []


@pytest.mark.parametrize("package", CONFINED)
def test_a_confined_package_is_known_only_where_it_belongs(package: str) -> None:
    wrong = [
        str(found)
        for found in PRODUCT
        if found.top == package and not str(found.file.relative_to(ROOT)).startswith(CONFINED[package])
    ]
    assert wrong == []


def test_what_exists_only_on_a_pi_is_imported_lazily() -> None:
    assert [str(found) for found in PRODUCT if found.top in LAZY and not found.lazy] == []


def test_no_module_imports_relatively() -> None:
    assert [str(found) for found in ALL_IMPORTS if found.module.startswith("relative")] == []


def test_no_import_cycle_joins_modules() -> None:
    modules = {module_name(file): file for folder in EVERYTHING for file in python_files(folder)}
    graph = {name: sorted(targets(file, modules) - {name}) for name, file in modules.items()}
    assert find_cycle(graph) == []


def test_the_cycle_finder_finds_a_cycle() -> None:
    assert find_cycle({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == ["a", "b", "c", "a"]
    assert find_cycle({"a": ["b", "c"], "b": ["c"], "c": []}) == []


def test_a_file_over_400_lines_says_why() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for folder in EVERYTHING
        for file in python_files(folder)
    }
    long = {file for file, lines in lengths.items() if lines > LONGEST}
    assert long == LONG_FILES.keys()


def test_tests_have_no_packages_of_their_own() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == [], "an __init__.py here would shadow the product's packages"


def test_the_table_in_the_document_is_the_table_here() -> None:
    rows = re.findall(r"^\| `(\w+)/` \|[^|]*\| ([^|]+?) \|$", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.M)
    told = {folder: imports for folder, imports in rows if folder in EVERYTHING}
    assert told.keys() == EVERYTHING
    for folder, imports in told.items():
        named = frozenset() if imports == "none" else frozenset(imports.split(", "))
        assert named == FOLDERS[folder].ours, f"ARCHITECTURE.md and FOLDERS differ about {folder}/"


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def targets(file: Path, modules: dict[str, Path]) -> set[str]:
    """The modules of ours that a file imports: `from a.b import c` means a.b.c if that is one, else a.b."""
    found = set()
    for one in imports_of(file):
        name = "" if one.typing else one.module
        while name and name not in modules:
            name = name.rpartition(".")[0]
        if name:
            found.add(name)
    return found


def find_cycle(graph: dict[str, list[str]]) -> list[str]:
    """Give the modules of one cycle in order, the first one again at the end; empty when there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for following in graph[name]:
            if cycle := walk(following, [*path, name]):
                return cycle
        done.add(name)
        return []

    for name in sorted(graph):
        if cycle := walk(name, []):
            return cycle
    return []
