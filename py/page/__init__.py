"""The page, in MicroPython: one module for each thing on screen. `app` puts them together."""
