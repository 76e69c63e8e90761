"""The reception screen's window (flow 3): draws the pages that `kiosk.reception.flow` makes, sends fingers back.

`layout/` turns a page into shapes without a window, so that a test can measure every one of them; `view.py` and
`window.py` put the shapes on the glass with Kivy. Nothing else of the product knows Kivy or Pillow.
"""
