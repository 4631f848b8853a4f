"""What an experiment is, for both Pythons of the page: MicroPython on the main thread, CPython in the worker.

These modules import only what both have, and keep in an OrderedDict what has an order: MicroPython's dict has none.
An experiment is a dict from the names of `fields.FIELDS` to values.
"""
