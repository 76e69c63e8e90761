"""Shows one page and hears fingers (flow 3): keeps nothing but which key is down and whether shift was pressed."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, PopMatrix, PushMatrix, Rectangle, Scale, Translate
from kivy.uix.widget import Widget

from kiosk.reception.flow.inputs import Erased, Pressed, Typed
from kiosk.reception.flow.screen import Screen
from kiosk.screens.keyboard import ERASE, SHIFT
from kiosk.screens.layout.keys import accent_keys
from kiosk.screens.layout.look import look_at
from kiosk.screens.layout.pages import compose
from kiosk.screens.layout.shapes import Plain, Shape, Sheet, Target
from kiosk.screens.painting import Painter
from kiosk.screens.panel import Panel
from kiosk.screens.textures import Textures
from kiosk.screens.tokens import channels

LONG_PRESS_S = 0.45
LET_GO_S = 0.1
"""How long a target that was let go still looks pressed, unless what follows from it is drawn before."""
DEVICE = "mouse"
"""The one provider that is heard: SDL makes a mouse of every touch. A second one would count each touch twice."""
Finger = Pressed | Typed | Erased


class Piece(Widget):
    """Some shapes of the page, or one target; painted anew only when they change."""

    def __init__(self, painter: Painter, **options: Any) -> None:
        super().__init__(**options)
        self._painter = painter
        self.shapes: tuple[Plain, ...] = ()
        self.target: Target | None = None

    def show(self, shapes: tuple[Plain, ...], target: Target | None, ground: str) -> None:
        """Paint these, if they are not what is painted already."""
        self.target = target
        if shapes == self.shapes:
            return
        self.shapes = shapes
        self.canvas.clear()
        for shape in shapes:
            self._painter.paint(self.canvas, shape, ground)


class View(Widget):
    """The page, in a window of any size; a window as large as the panel shows it pixel by pixel."""

    def __init__(self, panel: Panel, send: Callable[[Finger], None], **options: Any) -> None:
        super().__init__(**options)
        self._panel, self._send = panel, send
        self._textures = Textures()
        self._painter = Painter(self._textures, panel.height)
        self._screen: Screen | None = None
        self.sheet: Sheet | None = None
        self._capital: bool | None = None
        self._over: tuple[Shape, ...] = ()
        """The accents of a key that is being held."""
        self._down: Target | None = None
        self._long: Any = None
        self._let_go: Any = None
        with self.canvas.before:
            PushMatrix()
            self._move, self._zoom = Translate(0, 0), Scale(1.0)
            self._ink, self._ground = Color(1, 1, 1), Rectangle(size=(panel.width, panel.height))
        with self.canvas.after:
            PopMatrix()
        self.bind(size=self._resize)

    def show(self, screen: Screen) -> None:
        """Draw this page from now on."""
        if screen == self._screen:
            return
        if self._screen is None or (screen.page, screen.field) != (self._screen.page, self._screen.field):
            self._capital, self._over = None, ()
        turned = self._screen is None or screen.page != self._screen.page
        self._screen = screen
        self._draw(turned=turned)

    def forget(self) -> None:
        """Drop everything of the visitor before: the page, the key that is down, shift, the accents."""
        self._release(draw=False)
        if self._let_go is not None:
            self._let_go.cancel()
            self._let_go = None
        self._screen, self.sheet, self._capital, self._over = None, None, None, ()
        self.clear_widgets()

    def _draw(self, *, turned: bool = False) -> None:
        screen = self._screen
        if screen is None:
            return
        self.sheet = compose(screen, self._panel, capital=self._capital)
        self._ink.rgb = channels(self.sheet.ground)
        if self._down is not None:
            # The page has turned under the finger: what it pressed is not there any more. A key is still the key,
            # though the letter before has made it small.
            same = None if turned else self._same(self._down)
            if same is None:
                self._release(draw=False)
            else:
                self._down = same
        self._paint()

    def _paint(self) -> None:
        if self._let_go is not None:
            self._let_go.cancel()
            self._let_go = None
        assert self.sheet is not None
        groups = _grouped((*self.sheet.shapes, *self._over))
        while len(self.children) > len(groups):
            self.remove_widget(self.children[0])
        while len(self.children) < len(groups):
            self.add_widget(Piece(self._painter))
        for piece, (shapes, target) in zip(reversed(self.children), groups, strict=True):
            if target is not None and target == self._down:
                shapes = target.pressed
            piece.show(shapes, target, self.sheet.ground)

    def _same(self, down: Target) -> Target | None:
        return next((one for one in self._targets() if (one.id, one.box) == (down.id, down.box)), None)

    def _targets(self) -> tuple[Target, ...]:
        assert self.sheet is not None
        if self._over:
            return tuple(shape for shape in self._over if isinstance(shape, Target))
        return self.sheet.targets

    def _resize(self, *_: Any) -> None:
        factor = min(self.width / self._panel.width, self.height / self._panel.height)
        self._zoom.xyz = (factor, factor, 1)
        self._move.xy = (
            (self.width - factor * self._panel.width) / 2,
            (self.height - factor * self._panel.height) / 2,
        )

    # Fingers

    def _at(self, touch: Any) -> tuple[float, float]:
        factor = self._zoom.x
        return (touch.x - self._move.x) / factor, self._panel.height - (touch.y - self._move.y) / factor

    def _under(self, touch: Any) -> Target | None:
        x, y = self._at(touch)
        for target in reversed(self._targets()):
            box = target.box
            if box.x <= x <= box.right and box.y <= y <= box.bottom:
                return target if target.enabled else None
        return None

    def on_touch_down(self, touch: Any) -> bool:
        if touch.device != DEVICE or touch.is_mouse_scrolling or self.sheet is None or self._down is not None:
            return True
        found = self._under(touch)
        if found is None:
            if self._over:
                self._over = ()
                self._paint()
            return True
        self._down = found
        if found.accents:
            self._long = Clock.schedule_once(lambda _: self._open_accents(), LONG_PRESS_S)
        self._paint()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if self._over and self._down is not None and touch.device == DEVICE:
            found = self._under(touch)
            if found is not None and found != self._down:
                self._down = found
                self._paint()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.device != DEVICE or self._down is None or self.sheet is None:
            return True
        down, found = self._down, self._under(touch)
        self._release(draw=False)
        if found == down:
            self._do(down)
            # What follows is drawn in a moment; a picture of its own in between would only put that off.
            self._let_go = Clock.schedule_once(lambda _: self._paint(), LET_GO_S)
        else:
            self._paint()
        return True

    def _release(self, *, draw: bool = True) -> None:
        if self._long is not None:
            self._long.cancel()
        self._down = self._long = None
        if draw and self.sheet is not None:
            self._paint()

    def _open_accents(self) -> None:
        key = self._down
        if key is None or self._screen is None:
            return
        self._long = None
        self._over = accent_keys(look_at(self._screen, self._panel), key)
        self._paint()

    def _do(self, target: Target) -> None:
        if target.typed is not None:
            self._over = ()
            self._send(Typed(target.typed))
            if target.typed.isalpha() and self._is_capital:
                # The flow says so in a moment; a quick finger is on the next key before.
                self._capital = False
                self._draw()
        elif target.id == ERASE:
            self._send(Erased())
        elif target.id == SHIFT:
            self._capital = not self._is_capital
            self._draw()
        else:
            self._send(Pressed(target.id))

    @property
    def _is_capital(self) -> bool:
        field = None if self._screen is None else self._screen.field
        return self._capital if self._capital is not None else field is not None and field.capital


def _grouped(shapes: tuple[Shape, ...]) -> list[tuple[tuple[Plain, ...], Target | None]]:
    """Targets one by one, and everything between two of them together."""
    groups: list[tuple[tuple[Plain, ...], Target | None]] = []
    plain: list[Plain] = []
    for shape in shapes:
        if not isinstance(shape, Target):
            plain.append(shape)
            continue
        if plain:
            groups.append((tuple(plain), None))
            plain = []
        groups.append((shape.shapes, shape))
    if plain:
        groups.append((tuple(plain), None))
    return groups
