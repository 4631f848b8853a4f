"""The page, in MicroPython: one module for each thing on screen. `main` puts them together."""
