"""What is raised where a table cannot be used."""


class TableError(ValueError):
    """A sentence for the person whose table it is: what is wrong, in which line and column, and what would help."""
