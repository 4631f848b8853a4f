"""The list of views: the parts of the page that show the run.

A view is any object that has some of these methods. They are called in the order in which views were added:

- `begin(experiment)`: another network is being made; what the view says about the previous one has to go
- `empty()`: making the network takes a while; pictures of the previous network have to go too
- `opened(run)`: the run has been opened, and its data are known
- `lost()`: the lab has ended
- `wants(experiment)`: returns a dict of what the lab has to know to draw for the view, see `protocol.SEEN`
- `follow(experiment)`: the experiment has changed, or the playhead has moved; `layer` and `morph` are the playhead's
- `answered(run)`: the lab has answered a request
- `drawn(picture)`: the answer has a new picture, see `protocol.PICTURE`
- `advance(seconds, calm)`: time has passed; returns whether something moves by itself. If `calm`, nothing may glide
- `draw(calm)`: a frame of the display is due; returns whether the view wants another one
- `leave_for_link()`: a link has been opened, which leads elsewhere
- `restyle()`, `resize()`: the theme has changed; the size has changed
- `describe(experiment, run)`: has to say in words, for people who hear the page, what the view shows
"""


class Views:
    """All views of the page."""

    def __init__(self):
        self.all = []

    def add(self, view):
        """Adds a view and returns it."""
        self.all.append(view)
        return view

    def tell(self, name, *arguments):
        """Calls a method of every view that has it. Returns whether any of them returned something true."""
        result = False
        for view in self.all:
            method = getattr(view, name, None)
            if method and method(*arguments):
                result = True
        return result

    def wants(self, experiment):
        """What all views want, in one dict."""
        result = {}
        for view in self.all:
            wants = getattr(view, "wants", None)
            if wants:
                result.update(wants(experiment))
        return result
