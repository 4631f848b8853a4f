// MicroPython as the interpreter that PyScript loads on the page: with the page's own modules in its files, which come
// all together in `page.json`, as {path: source}.

import { loadMicroPython as load } from "../vendor/micropython/micropython.mjs";

const address = (path) => new URL(path, import.meta.url).href;

async function fetchModules() {
    const response = await fetch(address("../page.json"));
    if (!response.ok) throw new Error(`${response.url} is missing (${response.status}).`);
    return response.json();
}

// Asked for before PyScript is ready to use it.
const modules = fetchModules();
modules.catch(() => {});

// What the page shows until its lab is there. It can do without.
const reader = import("./recording.mjs");
reader.catch(() => {});
const recorded = async () => (await reader).recording();

// What is kept by the browser under a key, as far as it lets that be: it may deny all, or have no room. An error of
// JavaScript's would go past Python's `try`.
const kept = (area) => ({
    read(key) {
        try {
            return window[area].getItem(key);
        } catch {
            return null;
        }
    },
    write(key, text) {
        try {
            window[area].setItem(key, text);
        } catch {
            // Then it holds for as long as the page is open.
        }
    },
});
const storage = { visits: kept("localStorage"), tab: kept("sessionStorage") };

// Lets the browser draw and hear before going on. A message is heard sooner than a timer goes off.
const turn = () =>
    new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(null);
    });

// Copies of an element in a fragment, one for each line of a text, which it shows unless it is empty.
function copy(template, lines) {
    const fragment = document.createDocumentFragment();
    for (const line of lines.split("\n")) {
        const element = template.cloneNode(true);
        if (line) element.textContent = line;
        fragment.append(element);
    }
    return fragment;
}

// What an answer counts. MicroPython takes a whole number of JavaScript's that needs more than 32 bits for another one,
// so that numbers that may be large go to it as text.
const counters = ({ epoch, step, last_epoch }) => [epoch, step, last_epoch];

// The largest finite number of a typed array as text, 0 if there is none above that.
const largest = (numbers) =>
    String(numbers.reduce((most, number) => (number > most && number < Infinity ? number : most), 0));

// The table of a real data set: calls `come` with the bytes of its CSV, or `fail`. What is damaged does not inflate.
function fetchTable(key, come, fail) {
    fetch(address(`../vendor/data/${key}.zlib`))
        .then(({ ok, body }) => ok && new Response(body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer())
        .then((table) => (table ? come(new Uint8Array(table)) : fail()), () => fail());
}

// A page that cannot be built from its address is loaded once more without it, and then says so; if that is of no use
// the address is not at fault and is put back.
const ASIDE = "address put aside";
// Errors that what an address asks for may come to. A module that is missing or damaged is none of its.
const OF_AN_ADDRESS = /^(IndexError|KeyError|MemoryError|OverflowError|RangeError|RuntimeError|TypeError|ValueError)\b/;

function startOver(error) {
    const [address] = JSON.parse(storage.tab.read(ASIDE) ?? "[]");
    storage.tab.write(ASIDE, "[]");
    if (address) {
        history.replaceState(null, "", address);
        return false;
    }
    const reason = error.message.trim().split("\n").pop();
    if (location.hash.length < 2 || !OF_AN_ADDRESS.test(reason)) return false;
    storage.tab.write(ASIDE, JSON.stringify([location.hash, reason]));
    history.replaceState(null, "", "#");
    location.reload();
    return true;
}

// Why the page was not built from the address that it was opened with, "" if it was; asked once it stands.
function addressRefused() {
    const [, reason = ""] = JSON.parse(storage.tab.read(ASIDE) ?? "[]");
    storage.tab.write(ASIDE, "[]");
    return reason;
}

export async function loadMicroPython(options) {
    const url = address("../vendor/micropython/micropython.wasm");
    const [interpreter, sources] = await Promise.all([load({ ...options, url }), modules]);
    const { FS, runPythonAsync } = interpreter;
    // Given texts, MicroPython would encode them letter by letter, which takes 15 ms.
    const encoder = new TextEncoder();
    for (const [path, source] of Object.entries(sources)) {
        const folder = path.slice(0, path.lastIndexOf("/") + 1);
        if (folder && !FS.analyzePath(folder).exists) FS.mkdir(folder);
        FS.writeFile(path, encoder.encode(source));
    }
    interpreter.registerJsModule("storage", storage);
    // A module that the page can do without until something is opened.
    const fetchModule = async (path) => {
        const response = await fetch(address(`../py/${path}`));
        if (!response.ok) throw new Error(`${response.url} is missing (${response.status}).`);
        FS.writeFile(path, new Uint8Array(await response.arrayBuffer()));
    };
    interpreter.registerJsModule("scripts", { copy, counters, largest, turn, fetchModule, fetchTable, ownTables: () => import("./own_tables.mjs"), addressRefused, recorded, uplot: () => import("../vendor/uplot/uPlot.esm.js") });
    // PyScript runs its own library and our script in one go, and writes an error of Python's on the console, and that is
    // all.
    interpreter.runPythonAsync = async (...source) => {
        await turn();
        try {
            return await runPythonAsync(...source);
        } catch (error) {
            if (startOver(error)) return;
            window.watchdog.fail(error.message.trim().split("\n").pop());
            throw error;
        }
    };
    return interpreter;
}
