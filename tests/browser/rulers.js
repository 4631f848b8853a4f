// What can be wrong with a layout, measured by boxes: `rulers.faults({ least, lastRow })` returns a list of sentences.

globalThis.rulers = (() => {
    const round = (box) => [box.left, box.top, box.right, box.bottom].map((edge) => Math.round(edge));
    const overlap = (one, other) => [
        Math.min(one.right, other.right) - Math.max(one.left, other.left),
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top),
    ];
    const name = (element) => {
        const words = element.ariaLabel || element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
        return `${element.localName}${element.id ? "#" + element.id : ""} “${words}”`;
    };

    // What is for people who hear the page is a pixel wide.
    const isHidden = (element) => {
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return true;
        if (element.offsetWidth <= 2 && element.offsetHeight <= 2) return true;
        for (let at = element; at; at = at.parentElement) {
            const { clipPath, position } = getComputedStyle(at);
            if (position === "absolute" && clipPath !== "none") return true;
        }
        return false;
    };

    // The part of a box that its scrolling and clipping ancestors let through, and the nearest of them that cut it off
    // for good: an ancestor that clips without scrolling.
    const seenPart = (element, box) => {
        let { left, top, right, bottom } = box, cutter = null;
        for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.overflowX === "visible" && style.overflowY === "visible") continue;
            const edge = at.getBoundingClientRect();
            const clips = [style.overflowX, style.overflowY].map((way) => way === "hidden" || way === "clip");
            if (clips[0] && (left < edge.left - 1 || right > edge.right + 1)) cutter ??= at;
            if (clips[1] && (top < edge.top - 1 || bottom > edge.bottom + 1)) cutter ??= at;
            if (style.overflowX !== "visible") [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
            if (style.overflowY !== "visible") [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
        }
        return { left, top, right, bottom, cutter };
    };

    // Every text that is seen, one entry for each node.
    const texts = () => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!node.data.trim() || element.closest("script, style, option, noscript, title") || isHidden(element)) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const box of range.getClientRects()) {
                const part = seenPart(element, box);
                if (part.right - part.left > 1 && part.bottom - part.top > 1) found.push({ element, box, part });
            }
        }
        return found;
    };

    const controls = () => [...document.querySelectorAll("a, button, input, select, summary")].filter(
        (element) => !isHidden(element) && element.type !== "file"
    );

    // What floats over the page lies on other things, which is its purpose.
    const layerOf = (element) => {
        for (let at = element; at; at = at.parentElement) {
            if (getComputedStyle(at).position === "fixed" || at.matches("[popover], dialog, details[open] > :not(summary)")) return at;
        }
        return null;
    };

    const scrolls = (element) => {
        for (let at = element; at && at !== document.body; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (/auto|scroll/.test(style.overflowX) && at.scrollWidth > at.clientWidth + 1) return true;
        }
        return false;
    };

    const faults = (least) => {
        const said = new Set(), say = (...words) => said.add(words.join(" "));
        const root = document.documentElement;
        if (root.scrollWidth > innerWidth + 1) say("the page scrolls sideways:", root.scrollWidth);
        const all = texts();
        for (const { element, box, part } of all) {
            const size = parseFloat(getComputedStyle(element).fontSize);
            if (size < least - 0.05) say("small:", name(element), size.toFixed(1));
            if (part.cutter) say("cut:", name(element), round(box), "by", name(part.cutter));
            else if (!scrolls(element) && (box.left < -1 || box.right > innerWidth + 1)) say("outside:", name(element), round(box));
        }
        for (const element of controls()) {
            const box = element.getBoundingClientRect();
            if (element.localName === "select" || element.localName === "button") {
                if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== "visible") {
                    say("cut inside:", name(element), element.scrollWidth, element.clientWidth);
                }
            }
            if (!scrolls(element) && (box.left < -1 || box.right > innerWidth + 1)) say("outside:", name(element), round(box));
        }
        // Texts on texts, and controls on controls.
        const things = [
            ...all.map(({ element, part }) => ({ element, part, text: true })),
            ...controls().map((element) => ({ element, part: seenPart(element, element.getBoundingClientRect()) })),
        ].filter(({ part }) => part.right > part.left && part.bottom > part.top);
        for (const [index, one] of things.entries()) {
            for (const other of things.slice(index + 1)) {
                if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
                if (one.element.closest("label")?.contains(other.element)) continue;
                if (other.element.closest("label")?.contains(one.element)) continue;
                // The rail's playhead runs over the miniatures.
                if ([one, other].some(({ element }) => element.id === "rail")) continue;
                if (layerOf(one.element) !== layerOf(other.element)) continue;
                const [across, down] = overlap(one.part, other.part);
                if (across > 1.5 && down > 3) say("overlap:", name(one.element), "and", name(other.element), across.toFixed(0), "×", down.toFixed(0));
            }
        }
        // Panels that are largely empty: what is in them, by rows, fills less than half of their height.
        for (const panel of document.querySelectorAll("main > section")) {
            if (isHidden(panel)) continue;
            const box = panel.getBoundingClientRect(), filled = new Set();
            const inside = [...panel.querySelectorAll("canvas, button, select, input, summary")].filter((element) => !isHidden(element));
            const boxes = [...inside.map((element) => element.getBoundingClientRect()),
                ...all.filter(({ element }) => panel.contains(element)).map(({ box }) => box)];
            for (const { top, bottom } of boxes) {
                for (let y = Math.max(0, Math.floor(top - box.top)); y < Math.min(box.height, bottom - box.top); y++) filled.add(y);
            }
            if (filled.size < box.height / 2) say("empty:", name(panel), `${filled.size} of ${Math.round(box.height)} px`);
        }
        return [...said];
    };

    // Makes every word a fifth longer, as German is.
    const lengthen = () => {
        for (const { element } of texts()) {
            for (const node of element.childNodes) {
                if (node.nodeType === Node.TEXT_NODE && node.data.trim() && !node.lengthened && /[a-z]{3}/i.test(node.data)) {
                    node.data = node.data.replace(/\p{L}{3,}/gu, (word) => word + word.slice(-Math.ceil(word.length / 5)));
                    node.lengthened = true;
                }
            }
        }
    };

    return { faults, lengthen };
})();
