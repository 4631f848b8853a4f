"""Reads links to the page. Pure."""

from spec import fields

# A link of more characters is not read: the deepest network needs fewer, and reading must not stop the page for long.
LONGEST = 50000


def read(query):
    """`(experiment, complaints, play)`, read from the part of an address that begins with `#`.

    The experiment is always one that the page can show, whatever the query is. Complaints are sentences. `play` is
    whether the link asks to play at once.
    """
    if len(query) > LONGEST:
        complaint = "It has %d characters after the #, and no more than %d are read." % (len(query), LONGEST)
        return fields.defaults(), [complaint], False
    try:
        experiment, complaints = fields.from_query(query)
    except (RuntimeError, MemoryError) as error:
        return fields.defaults(), ["It could not be read (%s)." % error], False
    return experiment, complaints, "play" in query.lstrip("#").split("&")


def part(query, name):
    """What stands in a link under a name, as it is; "" if nothing does."""
    if len(query) <= LONGEST:
        for pair in query.lstrip("#").split("&"):
            found, _, text = pair.partition("=")
            if found == name:
                return text
    return ""
