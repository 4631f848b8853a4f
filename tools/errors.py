"""The one exception that the command line shows as a plain line instead of a traceback."""


class ToolError(Exception):
    """Something a person can mend; the message says what is wrong and what to do about it."""
