"""What every pin factory of ours promises: on mock pins, on simulated pins, and the real one on a fake lgpio."""

import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from gpiozero import InputDevice, OutputDevice


def test_an_output_begins_at_its_level(rig: Any) -> None:
    with OutputDevice(17, active_high=False, initial_value=False, pin_factory=rig.factory) as device:
        assert rig.driven(17) == [True]
        device.on()
        assert rig.driven(17) == [True, False]


def test_an_input_with_a_pull_up_rests_high(rig: Any) -> None:
    with InputDevice(24, pull_up=True, pin_factory=rig.factory) as device:
        assert rig.level(24)
        rig.force(24, False)
        assert device.is_active


def test_a_failing_handler_does_not_end_later_edges(rig: Any) -> None:
    edges: list[bool] = []

    def handler(_ticks: Any, level: bool) -> None:
        edges.append(bool(level))
        raise RuntimeError("handler")

    with InputDevice(24, pull_up=True, pin_factory=rig.factory) as device:
        device.pin.edges = "both"
        device.pin.when_changed = handler
        for level in (False, True, False):
            rig.force(24, level)
        device.pin.when_changed = None
    assert edges == [False, True, False]


def test_a_pin_in_use_is_not_given_twice(rig: Any) -> None:
    with OutputDevice(17, pin_factory=rig.factory), pytest.raises(Exception, match="in use"):
        OutputDevice(17, pin_factory=rig.factory)


class FakeLgpio(ModuleType):
    """lgpio as far as gpiozero calls it; remembers the calls."""

    SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 128, 32, 64
    BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
    error = OSError

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.calls: list[tuple[Any, ...]] = []
        self.callbacks: list[Callable[..., Any]] = []

    def gpiochip_open(self, chip: int) -> int:
        return 7

    def gpiochip_close(self, handle: int) -> None:
        pass

    def gpio_get_mode(self, handle: int, pin: int) -> int:
        return 0

    def gpio_set_debounce_micros(self, handle: int, pin: int, micros: int) -> None:
        pass

    def callback(self, handle: int, pin: int, edges: int, call: Callable[..., Any]) -> Any:
        self.callbacks.append(call)
        return type("Callback", (), {"cancel": lambda _: None})()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, *arguments))


@pytest.fixture
def lgpio(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLgpio]:
    fake = FakeLgpio()
    monkeypatch.setitem(sys.modules, "lgpio", fake)
    for name in ("gpiozero.pins.lgpio", "hardware.pinfactory.lgpio"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield fake
    for name in ("gpiozero.pins.lgpio", "hardware.pinfactory.lgpio"):
        sys.modules.pop(name, None)


@pytest.fixture
def safe_lgpio(lgpio: FakeLgpio, monkeypatch: pytest.MonkeyPatch) -> Any:
    factory_class = importlib.import_module("hardware.pinfactory.lgpio").SafeLGPIOFactory
    monkeypatch.setattr(factory_class, "_get_revision", lambda _: 0xC03111)
    factory = factory_class(0)
    factory.pins.clear()
    factory._reservations.clear()
    return factory


def test_on_lgpio_an_active_low_output_is_claimed_high_and_never_written(lgpio: FakeLgpio, safe_lgpio: Any) -> None:
    device = OutputDevice(17, active_high=False, initial_value=False, pin_factory=safe_lgpio)
    outputs = [call for call in lgpio.calls if call[0] in ("gpio_claim_output", "gpio_write")]
    assert outputs == [("gpio_claim_output", 7, 17, 1)]
    device.close()


def test_on_lgpio_a_closed_output_stays_pulled_to_its_resting_level(lgpio: FakeLgpio, safe_lgpio: Any) -> None:
    for active_high, pull in ((True, lgpio.SET_PULL_DOWN), (False, lgpio.SET_PULL_UP)):
        device = OutputDevice(17, active_high=active_high, initial_value=False, pin_factory=safe_lgpio)
        device.close()
        safe_lgpio.pin(17).close()
        claims = [call for call in lgpio.calls if call[0] == "gpio_claim_input"]
        assert ("gpio_claim_input", 7, 17, pull) in claims
        lgpio.calls.clear()


def test_on_lgpio_a_failing_handler_is_contained(lgpio: FakeLgpio, safe_lgpio: Any) -> None:
    def handler(_ticks: Any, _level: Any) -> None:
        raise RuntimeError("handler")

    with InputDevice(24, pull_up=True, pin_factory=safe_lgpio) as device:
        device.pin.when_changed = handler
        lgpio.callbacks[0](7, 24, 1, 123)
        device.pin.when_changed = None


def test_gpiozeros_own_lgpio_pin_has_the_trap_that_ours_has_not(lgpio: FakeLgpio, safe_lgpio: Any) -> None:
    theirs = importlib.import_module("gpiozero.pins.lgpio").LGPIOPin
    safe_lgpio.pin_class = theirs
    lgpio.calls.clear()
    safe_lgpio.pin(22)._set_function("output")
    # Claimed without a level: low, which is on for an active-low relay.
    assert ("gpio_claim_output", 7, 22) in lgpio.calls
