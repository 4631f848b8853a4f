"""What an experiment is, for both Pythons of the page: MicroPython on the main thread, CPython in the worker.

These modules import only what both Pythons have. Where the order matters they use an OrderedDict, because
MicroPython's dict has no order. An experiment is a dict from the names of `fields.FIELDS` to values.
"""
