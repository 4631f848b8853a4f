"""The sentence under the stage: the numbers of the run that is on the screen, no faster than a person reads."""

import re
from itertools import pairwise

LEAST_TEXT = 14
SIZES = {(1280, 800): 1, (2560, 1440): 1, (390, 844): 2}
# What is seen of it: its lines, the size of its text, and where it and what is below it are.
SEEN = """() => {
    const sentence = document.getElementById("sentence"), style = getComputedStyle(sentence);
    const box = sentence.getBoundingClientRect();
    const text = document.createRange();
    text.selectNodeContents(sentence);
    const lines = new Set([...text.getClientRects()].map((line) => Math.round(line.top))).size;
    const cut = sentence.scrollHeight > sentence.clientHeight + 1;
    const network = document.querySelector(".network").getBoundingClientRect().top;
    return { lines, cut, size: parseFloat(style.fontSize), bottom: box.bottom, height: box.height, network };
}"""

# Whether every percentage of the sentence is one of those at the layers, or that of guessing.
KNOWN = """(() => {
    const said = [...document.querySelectorAll("#probes .bar")].map((bar) => bar.ariaLabel.match(/has (\\d+) %/)[1]);
    const told = document.getElementById("sentence").textContent.match(/\\d+(?=\\s%)/g);
    return told.every((number) => [...said, "50"].includes(number));
})()"""


def sentence(lab):
    return lab.page.locator("#sentence").text_content().replace("\N{NO-BREAK SPACE}", " ")


def wait_for(lab, pattern):
    lab.wait(
        f"new RegExp({pattern!r}).test(document.getElementById('sentence').textContent.replaceAll('\\u00a0', ' '))"
    )
    return re.search(pattern, sentence(lab))


def probes(lab):
    """What the rail says that a line gets right, by layer."""
    labels = [bar.get_attribute("aria-label") for bar in lab.page.locator("#probes .bar").all()]
    return dict(re.search(r"at layer (\S+) has (\d+) %", label).groups() for label in labels)


def test_it_says_what_the_page_shows(lab):
    found = wait_for(lab, r"^Untrained: the network gets (\d+) % .* a straight line in the plane, (\d+) %\.$")
    assert int(found[1]) == round(100 * lab.number("train-accuracy"))
    assert found[2] == probes(lab)["input"]
    lab.set_speed(0)
    lab.play_to(300)
    lab.page.evaluate("answers.rest()")
    wait_for(lab, r"^(?!Untrained).* (\d+) % .* (\d+) %")
    # It is written a little after what it tells.
    lab.wait(KNOWN)
    lab.field("layer").select_option(label="tanh1")
    found = wait_for(lab, r"^After the bend \(tanh1\) a straight line gets (\d+) % right; in the plane, (\d+) %\.$")
    assert [found[1], found[2]] == [probes(lab)["tanh1"], probes(lab)["input"]]


def test_there_is_room_for_it_at_every_size_and_it_moves_nothing(lab):
    lab.page.locator("#sentence").wait_for()
    wait_for(lab, "Untrained")
    for (width, height), lines in SIZES.items():
        lab.page.set_viewport_size({"width": width, "height": height})
        lab.page.evaluate("answers.rest()")
        seen = lab.page.evaluate(SEEN)
        assert seen["lines"] <= lines
        assert not seen["cut"]
        assert seen["size"] >= LEAST_TEXT
        assert seen["bottom"] <= height
        before = lab.page.evaluate("document.getElementById('sentence').textContent = ''") or lab.page.evaluate(SEEN)
        assert (before["height"], before["network"]) == (seen["height"], seen["network"])
        lab.page.evaluate(
            "document.getElementById('sentence').textContent = 'Untrained: the network gets 52 % of the "
            "training points right; a straight line in the plane, 67 %.'"
        )


def test_it_is_read_but_not_announced(lab):
    assert lab.page.locator("[aria-live] #sentence, [role=status] #sentence, #sentence[aria-live]").count() == 0
    assert "Untrained" in wait_for(lab, "^Untrained.*$")[0]
    assert lab.page.get_by_text("Untrained").is_visible()


def test_it_changes_no_faster_than_a_person_reads(lab):
    """While it trains; a pause is told at once."""
    # A spiral takes long to be learned, at so many steps a second.
    lab.choose("dataset", "spiral")
    lab.set_speed(60)
    wait_for(lab, "Untrained")
    lab.page.evaluate("""() => {
        window.told = [];
        window.teller = new MutationObserver(() => told.push(performance.now()));
        teller.observe(document.getElementById("sentence"), { childList: true, characterData: true, subtree: true });
    }""")
    lab.press("Play")
    lab.wait("window.told.length >= 3", timeout=40_000)
    times = lab.page.evaluate("teller.disconnect() || told")
    lab.press("Pause")
    # The first is due to Play itself.
    assert all(after - before >= 2900 for before, after in pairwise(times[1:])), times
