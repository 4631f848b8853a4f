// The lab's memory as it is once NumPy, autograd and the lab have been imported: how it is packed, and how Python
// starts from it. `tools/snapshot/build.mjs` packs it, `interpreter.mjs` starts from it.
//
// Python's memory holds all of it but two things: NumPy's own WebAssembly modules, which have to lie in memory and in
// the table of functions just where they lay, and so are linked in the same order before anything runs; and files,
// of which a started lab needs none.

// Memory is compared and copied by blocks of so many bytes.
export const BLOCK = 256;

const STANDARD_LIBRARY = "python313.zip";

// What Pyodide is told instead of its list of packages: those that there are are in memory.
const NO_PACKAGES = {
    info: { abi_version: "2025_0", arch: "wasm32", platform: "emscripten_4_0_9", python: "3.13.2", version: "0.28.3" },
    packages: {},
};

// A pack is, after each other: the length of the header in four bytes, the header in JSON, and what its `parts` list
// as [name, bytes].

export function pack(header, parts) {
    const named = Object.entries(parts);
    const text = new TextEncoder().encode(
        JSON.stringify({ ...header, parts: named.map(([name, bytes]) => [name, bytes.length]) })
    );
    const result = new Uint8Array(4 + text.length + named.reduce((sum, [, bytes]) => sum + bytes.length, 0));
    new DataView(result.buffer).setUint32(0, text.length, true);
    result.set(text, 4);
    let at = 4 + text.length;
    for (const [, bytes] of named) {
        result.set(bytes, at);
        at += bytes.length;
    }
    return result;
}

export function unpack(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const parts = {};
    let at = 4 + length;
    for (const [name, size] of header.parts) parts[name] = bytes.subarray(at, (at += size));
    if (at !== bytes.length) throw new Error(`it has ${bytes.length} bytes instead of ${at}.`);
    return { ...header, parts };
}

// What of `memory` differs from `base`, which may be shorter and then goes on with zeros: the numbers of the blocks
// that do, as [first, how many, first, how many, …], and their contents.
export function difference(memory, base) {
    const blocks = memory.length / BLOCK;
    const same = (block) => {
        for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) if (memory[at] !== (base[at] ?? 0)) return false;
        return true;
    };
    const runs = [];
    for (let block = 0; block < blocks; block++) {
        if (same(block)) continue;
        const first = block;
        while (block < blocks && !same(block)) block++;
        runs.push(first, block - first);
    }
    const content = new Uint8Array(BLOCK * runs.filter((_, index) => index % 2).reduce((sum, count) => sum + count, 0));
    eachRun(runs, (start, end, at) => content.set(memory.subarray(start, end), at));
    return { runs, content };
}

// Makes `memory`, whatever it holds, what `difference` has compared with `base`.
function restore(memory, base, runs, content) {
    memory.set(base);
    memory.fill(0, base.length);
    eachRun(runs, (start, end, at) => memory.set(content.subarray(at, at + end - start), start));
}

function eachRun(runs, visit) {
    let at = 0;
    for (let index = 0; index < runs.length; index += 2) {
        const [first, count] = runs.slice(index, index + 2);
        visit(first * BLOCK, (first + count) * BLOCK, at);
        at += count * BLOCK;
    }
}

// Has every Python from now on link `libraries`, {path: WebAssembly.Module}, before it runs; `linked(Module, base)`
// is told the memory as it is then. Pyodide's script must have run already.
export function linkFirst(libraries, linked) {
    const make = globalThis._createPyodideModule;
    const link = (Module) => {
        const last = Object.keys(libraries).at(-1);
        for (const [path, library] of Object.entries(libraries)) {
            // Looking for what is still missing takes long: once, with the last, is enough.
            const flags = { loadAsync: false, nodelete: true, global: false, allowUndefined: path !== last };
            Module.newDSO(path, undefined, Module.loadWebAssemblyModule(library, flags, path, {}, 0));
        }
        linked(Module, Module.HEAPU8.slice());
    };
    globalThis._createPyodideModule = (settings) =>
        new Promise((resolve, reject) => {
            // An error in there would else be nobody's.
            settings.preRun.push((Module) => {
                try {
                    link(Module);
                } catch (error) {
                    reject(error);
                }
            });
            make(settings).then(resolve, reject);
        });
}

// Loads Pyodide from an unpacked pack; all but `options` and `loadPyodide` may be promises. `standardLibrary` is the
// address of what is read only if Python imports what is not in memory.
export function start(loadPyodide, options, pack, script, standardLibrary) {
    const ready = async () => {
        const { size, state, runs, libraries, parts } = await pack;
        const compiled = libraries.map(async (path) => [path, await WebAssembly.compile(parts[path])]);
        const modules = Object.fromEntries(await Promise.all(compiled));
        await script;
        linkFirst(modules, (Module, base) => {
            Module.API.restoreSnapshot = () => {
                restore(Module.HEAPU8, base, runs, parts.memory);
                Module.FS.unlink(`/lib/${STANDARD_LIBRARY}`);
                Module.FS.createLazyFile("/lib", STANDARD_LIBRARY, standardLibrary, true, false);
                return state;
            };
        });
        // Pyodide takes no more from this than how large memory has to be.
        return new Uint8Array(size);
    };
    // `leftBehind` in tools/snapshot/build.mjs says what this stands for.
    const _snapshotDeserializer = () => ({});
    return loadPyodide({ ...options, lockFileContents: NO_PACKAGES, _loadSnapshot: ready(), _snapshotDeserializer });
}
