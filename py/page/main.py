"""Starts the page."""

import gc

from page.app import App

# MicroPython would collect garbage after every 16 kB, several times a frame.
gc.threshold(1 << 20)
app = App()
await app.open()
