"""The parts of the page that show the run, as a list: each says what it wants and takes what has come for it.

A view is any object. What it has of these methods is called, in the order in which views were added:

- `begin(experiment)`: another network is being made; nothing that is said of the one before is true any more
- `empty()`: that takes a while, so that no picture of the one before may stay either
- `opened(run)`: its data are there
- `wants(experiment)`: a dict of what the lab has to know to draw for it, see `protocol.SEEN`
- `follow(experiment)`: the experiment, as it is seen from where the playhead is, has changed
- `answered(run)`: the run has come further; `drawn(picture)`: the lab has drawn it, see `protocol.PICTURE`
- `advance(seconds, calm)`: time has passed; True while something moves by itself, as nothing may where it is `calm`
- `draw(calm)`: a frame of the display is due; True while it wants another one
- `restyle()`, `resize()`: the theme is another, or the room is
- `describe(experiment, run)`: to say in words, for people who hear the page, what is to be seen
"""


class Views:
    """The views that there are."""

    def __init__(self):
        self.all = []

    def add(self, view):
        """Adds a view and returns it."""
        self.all.append(view)
        return view

    def tell(self, name, *arguments):
        """Calls a method of every view that has it; whether any of them returned something true."""
        result = False
        for view in self.all:
            method = getattr(view, name, None)
            if method and method(*arguments):
                result = True
        return result

    def wants(self, experiment):
        """All that the views want, in one dict."""
        result = {}
        for view in self.all:
            wants = getattr(view, "wants", None)
            if wants:
                result.update(wants(experiment))
        return result
