// Keeps what a person does with the controls before Python is there, and lets it be done then.
//
// The page calls `replay()` when its controls answer.

window.early = (() => {
    const EVENTS = ["change", "click", "input"];
    const FIELDS = "#controls, .tools, .transport";
    const deeds = [];

    function note({ type, target }) {
        const deed = type === "click" ? target.closest("button") : target;
        if (deed?.closest(FIELDS) && (type !== "click" || deed.localName === "button")) {
            deeds.push({ type, target: deed, value: deed.value, checked: deed.checked });
        }
    }

    // Enter in a box would load the page anew.
    const stay = (event) => event.preventDefault();

    for (const type of EVENTS) window.addEventListener(type, note, true);
    window.addEventListener("submit", stay);

    function replay() {
        for (const type of EVENTS) window.removeEventListener(type, note, true);
        window.removeEventListener("submit", stay);
        for (const { type, target, value, checked } of deeds) {
            if (type === "click") target.click();
            else {
                Object.assign(target, { value, checked });
                target.dispatchEvent(new Event(type, { bubbles: true }));
            }
        }
        performance.mark("controls answer");
    }

    return { replay };
})();
