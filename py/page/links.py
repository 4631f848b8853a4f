"""What a link asks of the page. Pure."""

from spec import fields

# A longer one than this, in characters, is not read: the deepest network takes less, and a page must not stand still
# over a link.
LONGEST = 50000


def read(query):
    """`(experiment, complaints, play)`: what an address says after its `#`, and whether it asks to play at once.

    Whatever the query is, the experiment is one that the page can show; a complaint is a sentence.
    """
    if len(query) > LONGEST:
        complaint = "It has %d characters after the #, and no more than %d are read." % (len(query), LONGEST)
        return fields.defaults(), [complaint], False
    try:
        experiment, complaints = fields.from_query(query)
    except (RuntimeError, MemoryError) as error:
        return fields.defaults(), ["It could not be read (%s)." % error], False
    return experiment, complaints, "play" in query.lstrip("#").split("&")
