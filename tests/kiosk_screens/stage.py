"""A window for tests: shows pages by name, or plays the real flow, and tells what it hears.

usage: stage.py PANEL [LANGUAGE] [bigger] [high]      pages by name: {"show": "name"}
       stage.py PANEL play      the flow itself: {"wait": seconds}, {"tree": "text"}, {"break": times}
"""

import gc
import importlib.util
import json
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from kiosk.arguments import run_program
from kiosk.reception.face import Face
from kiosk.reception.flow.effects import Reset
from kiosk.reception.flow.inputs import Erased, FaceFailed, Input, Pressed, Typed
from kiosk.reception.flow.screen import Screen
from kiosk.screens.app import open_face


def load_conftest() -> Any:
    """The pages and the hand, beside this script."""
    spec = importlib.util.spec_from_file_location("screens_conftest", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["screens_conftest"] = module
    spec.loader.exec_module(module)
    return module


PAGES = load_conftest()


def tell(**said: Any) -> None:
    print(json.dumps(said), flush=True)


class Stage:
    """What the face runs."""

    def __init__(self, panel: str, wishes: list[str]) -> None:
        self._orders: SimpleQueue[dict[str, Any] | Input | None] = SimpleQueue()
        self._play = "play" in wishes
        language = next((wish for wish in wishes if len(wish) == 2), "en")
        self._pages = {} if self._play else PAGES.walked(language, panel, "bigger" in wishes, "high" in wishes)
        self._names = {id(page): name for name, page in self._pages.items()}
        self.face: Face = open_face(panel, True, shown=self._shown)

    def _shown(self, screen: Screen) -> None:
        tell(shown=self._names.get(id(screen), screen.page.value), text=screen.field.text if screen.field else "")

    @property
    def put(self) -> Any:
        return self._orders.put

    @property
    def is_alive(self) -> Any:
        return lambda: True

    def stop(self) -> None:
        self._orders.put(None)

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        if self._play:
            self._run_flow()
        else:
            self._run_pages()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._orders.put(json.loads(line))
        self._orders.put(None)

    def _run_pages(self) -> None:
        self.face.show(self._pages["welcome"])
        while (order := self._orders.get()) is not None:
            if isinstance(order, dict):
                self.face.show(self._pages[order["show"]])
            else:
                self._hear(order)

    def _hear(self, heard: Input) -> None:
        match heard:
            case Pressed(id):
                tell(heard=id)
            case Typed(text):
                tell(heard=f"typed:{text}")
            case Erased():
                tell(heard="erase")

    def _run_flow(self) -> None:
        hand = PAGES.HAND.Hand(PAGES.CONTENT, capacity=self.face.capacity)
        shown = hand.screen
        self.face.show(shown)
        while (order := self._orders.get()) is not None:
            if isinstance(order, dict):
                if "wait" in order:
                    hand.wait(order["wait"])
                if "break" in order:
                    self._break(order["break"])
                    continue
                if "tree" in order:
                    self._tell_tree(order["tree"])
                    continue
            elif isinstance(order, FaceFailed):
                hand.take(order)
            else:
                self._hear(order)
                # Fingers come as fast as they like; only the flow's own clock is moved on.
                hand.boottime += order_ns(order)
                hand.take(order)
            if any(isinstance(effect, Reset) for effect in hand.effects):
                hand.effects.clear()
                self.face.reset()
            if hand.screen != shown:
                # As the program: what stands already is not shown again.
                shown = hand.screen
                self.face.show(shown)

    def _break(self, times: int) -> None:
        """Let the window's thread fail so many times."""
        from kivy.clock import Clock

        for number in range(times):
            Clock.schedule_once(lambda _: [][1], number / 50)

    def _tell_tree(self, typed: str) -> None:
        """Look for a typed text in every widget, in what they keep, in the clipboard and in the caches."""
        from kivy.app import App
        from kivy.clock import Clock
        from kivy.core.clipboard import Clipboard

        from kiosk.screens import measuring

        def look(_: float) -> None:
            found = []
            for widget in App.get_running_app().root.walk():
                kept = {**vars(widget), **{name: getattr(widget, name, None) for name in widget.properties()}}
                found += [f"{type(widget).__name__}.{name}" for name, value in kept.items() if typed in repr(value)]
            gc.collect()
            found += [f"{type(one).__name__}" for one in gc.get_objects() if _is_ours(one) and typed in repr(one)]
            # By their modules: what was set aside before the first page is not among the collector's objects.
            ours = [module for name, module in tuple(sys.modules.items()) if name.startswith("kiosk")]
            caches = [one for module in ours for one in vars(module).values() if hasattr(one, "cache_info")]
            found += sorted({one.__name__ for one in caches if _reaches(one, typed, 4)})
            if typed in repr(measuring._private_lengths):
                found.append("measuring")
            view = App.get_running_app().root
            if typed in repr(view._textures.keys):
                found.append("textures")
            if typed in (Clipboard.paste() or ""):
                found.append("clipboard")
            tell(tree=found)

        Clock.schedule_once(look, 0)


def _reaches(one: object, typed: str, steps: int) -> bool:
    if isinstance(one, str):
        return typed in one
    if steps == 0 or callable(one) and steps < 4:
        return False
    return any(_reaches(other, typed, steps - 1) for other in gc.get_referents(one))


def _is_ours(one: object) -> bool:
    return type(one).__module__.startswith(("kiosk.screens", "kiosk.reception.flow.screen"))


def order_ns(order: Input) -> int:
    """A key a tenth of a second; a press more than what counts as the same press."""
    return 100_000_000 if isinstance(order, Typed | Erased) else 1_000_000_000


if __name__ == "__main__":
    sys.exit(run_program(lambda: (stage := Stage(sys.argv[1], sys.argv[2:])).face.run(stage)))
