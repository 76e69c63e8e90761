"""The pictures of docs/reception.md, from a real window: `python -m bench.reception_pictures [DIRECTORY]`."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
WANTED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("1280x800", "en"): (
        *("welcome", "name", "organisation", "reason", "host", "host_name", "phone_rules", "need_phone", "check"),
        *("done", "sign_out", "signed_out", "more_time", "roll"),
    ),
    ("1280x800", "ur"): ("welcome", "phone_rules", "done"),
    ("1280x800", "en", "bigger", "high"): ("phone_rules",),
    ("720x1280", "en"): ("welcome", "name", "phone_rules", "check"),
    ("720x1280", "ur"): ("check", "done"),
    ("800x480", "en"): ("welcome", "name"),
    ("800x480", "pl", "bigger"): ("phone_rules", "check", "done"),
}
"""Panel, language and size: the pages."""


def stage_class() -> Any:
    """The window of the tests, with its finger."""
    source = ROOT / "tests" / "kiosk_screens" / "conftest.py"
    spec = importlib.util.spec_from_file_location("screens_conftest", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["screens_conftest"] = module
    spec.loader.exec_module(module)
    return module.Stage


def main() -> None:
    """Take them all."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    target.mkdir(parents=True, exist_ok=True)
    make_stage = stage_class()
    for case, names in WANTED.items():
        stage = make_stage(*case)
        try:
            for name in names:
                stage.show(name)
                kind = "-".join(part for part in (*case[1:], "" if case[0] == "1280x800" else case[0]) if part)
                stage.picture(target / f"reception-{kind}-{name.replace('_', '-')}.png")
        finally:
            stage.close()
    print(f"The pictures are in {target}.")


if __name__ == "__main__":
    main()
