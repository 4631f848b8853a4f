"""The one exception that the command line shows as a plain line instead of a traceback."""


class ToolError(Exception):
    """Something that a person can put right; the message says what is wrong and what to do about it."""
