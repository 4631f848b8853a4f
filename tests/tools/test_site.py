"""The assembled site: complete, consistent, relative, reproducible."""

import hashlib
import json
import posixpath
import re
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest

from tools import environment, markup, site, styles
from tools.errors import ToolError
from tools.snapshot import snapshot

# What says which controls there are.
CONTROLS = [
    path.relative_to(environment.ROOT).as_posix()
    for path in sorted((environment.ROOT / "py").rglob("*.py"))
    if markup.is_read(path.relative_to(environment.ROOT).as_posix())
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small stand-in for the project's own files.

    Its lab is not squeezed as hard as can be, which takes long, and has nothing that could be recorded.
    """
    monkeypatch.setattr(snapshot, "recorded", lambda inputs: b"a recording")
    compressed = snapshot.compressed
    monkeypatch.setattr(snapshot, "compressed", lambda content, level: compressed(content, site.QUICKEST))
    root = tmp_path / "project"
    for path, content in {
        "index.html": (environment.ROOT / "index.html").read_text(),
        "static/interpreter.mjs": "export {}",
        "static/service-worker.js": f"// A worker.\n{site.NO_VERSION}\n",
        "static/snapshot.mjs": (environment.ROOT / "static/snapshot.mjs").read_text(),
        "static/.hidden": "",
        **{path: (environment.ROOT / path).read_text() for path in CONTROLS},
        "py/page/main.py": "",
        "py/page/chart.py": "",
        "py/lab/session.py": "from engine.deep import plan\n\ndef open_runs(openings):\n    return []\n\n"
        "def close_runs(ids):\n    pass\n",
        "py/lab/choices.py": "MODULES = {}\n",
        "py/lab/__pycache__/session.cpython-311.py": "",
        "py/engine/deep/plan.py": "import autograd.numpy",
        "py/notes.txt": "",
        "README.md": "",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    shutil.copytree(environment.ROOT / styles.FOLDER, root / styles.FOLDER)
    return root


def resolve(base: str, url: str) -> str:
    """The path in the site that `url` names inside the file `base`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), url))


def assert_relative(url: str) -> None:
    pieces = urlsplit(url)
    assert not pieces.scheme and not pieces.netloc and not url.startswith("/"), f"{url} is not relative"


def test_own_files_are_what_belongs_in_the_site(project):
    assert set(site.own_files(project)) == {
        "index.html",
        "static/interpreter.mjs",
        "static/service-worker.js",
        "static/snapshot.mjs",
        *CONTROLS,
        "static/style.css",
        "py/page/main.py",
        "py/page/chart.py",
        "py/lab/choices.py",
        "py/lab/session.py",
        "py/engine/deep/plan.py",
    }


def test_project_without_a_page_is_refused(tmp_path):
    with pytest.raises(ToolError, match=r"index\.html is missing"):
        site.own_files(tmp_path)


def test_the_page_gets_its_own_modules(project):
    assert set(site.page_modules(site.own_files(project))) == {
        "page/chart.py",
        *(path.removeprefix("py/") for path in CONTROLS),
    }


def test_every_address_in_the_configuration_is_relative_and_exists(files):
    page = json.loads(files[site.CONFIG])
    assert_relative(page["interpreter"])
    assert resolve("index.html", page["interpreter"]) in files


def test_every_address_in_the_page_is_relative_and_exists(files):
    page = files["index.html"].decode()
    tags = re.findall(r"<(?:script|link|img)\b[^>]*>", page)
    urls = [url for tag in tags for url in re.findall(r"""\b(?:src|href|config)=["']([^"']+)["']""", tag)]
    assert urls
    for url in urls:
        if not url.startswith("data:"):
            assert_relative(url)
            assert resolve("index.html", url.partition("?")[0]) in files, f"{url} is not in the site"


def test_manifest_lists_every_other_file(files):
    manifest = json.loads(files[site.MANIFEST])
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert list(listed) == sorted(set(files) - {site.MANIFEST, site.WORKER})
    for path, entry in listed.items():
        assert entry["bytes"] == len(files[path])
        assert entry["sha256"] == hashlib.sha256(files[path]).hexdigest()
    assert {part["name"] for part in manifest["parts"]} >= {"numpy", "autograd", "pyodide", "@pyscript/core"}
    assert all(part["version"] and part["license"] for part in manifest["parts"])


def test_service_worker_has_the_hash_of_the_manifest(files):
    version = hashlib.sha256(files[site.MANIFEST]).hexdigest()
    assert f'const VERSION = "{version}";' in files[site.WORKER].decode()
    assert site.WORKER_SOURCE not in files


def test_any_change_is_another_service_worker(project):
    before = site.site_files(project)[site.WORKER]
    (project / "py/page/chart.py").write_text("# changed")
    assert site.site_files(project)[site.WORKER] != before


def test_two_builds_are_equal(project, tmp_path):
    site.build(tmp_path / "one", project)
    site.build(tmp_path / "two", project)
    one, two = read_tree(tmp_path / "one"), read_tree(tmp_path / "two")
    assert one == two
    assert "vendor/pyscript/core.js" in one


def test_a_build_replaces_the_last_one(project, tmp_path):
    out = tmp_path / "site"
    site.build(out, project)
    (project / "py/page/chart.py").rename(project / "py/page/plot.py")
    site.build(out, project)
    written = read_tree(out)
    assert "py/page/plot.py" in written
    assert "py/page/chart.py" not in written


@pytest.mark.parametrize("manifest", [None, "{}", "[1", '{"site": "another", "files": []}'])
def test_a_foreign_folder_is_left_alone(project, tmp_path, manifest):
    out = tmp_path / "documents"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    if manifest is not None:
        (out / "manifest.json").write_text(manifest)
    before = read_tree(out)
    with pytest.raises(ToolError, match="is not empty"):
        site.build(out, project)
    assert read_tree(out) == before


def test_a_file_added_to_a_build_keeps_it_from_being_replaced(project, tmp_path):
    out = tmp_path / "site"
    site.build(out, project)
    (out / "CNAME").write_text("example.org")
    with pytest.raises(ToolError, match="CNAME"):
        site.build(out, project)
    assert (out / "CNAME").exists()


def test_an_empty_folder_will_do_and_a_file_will_not(project, tmp_path):
    (tmp_path / "empty").mkdir()
    site.build(tmp_path / "empty", project)
    with pytest.raises(ToolError, match="is a file"):
        site.build(project / "README.md", project)


def test_live_site_sees_edits_and_new_modules(project):
    read = site.live_site(project)
    assert read("py/page/new.py") is None
    (project / "py/page/new.py").write_text("NEW = 1")
    page = (project / "index.html").read_text()
    (project / "index.html").write_text(page.replace("Reset", "Again"))
    assert read("py/page/new.py") == b"NEW = 1"
    assert b"Again" in read("index.html")
    assert json.loads(read(site.MODULES))["page/new.py"] == "NEW = 1"
    assert read("README.md") is None
    with (project / "static/styles/rail.css").open("a") as sheet:
        sheet.write(".rail { color: red }\n")
    assert b".rail { color: red }" in read("static/style.css")
    assert read("static/styles/rail.css") is None
    # What nobody has edited is not made again.
    assert read(site.MODULES) is read(site.MODULES)


def test_live_site_is_what_build_writes(project):
    """But for how hard the lab is compressed, which takes too long after every edit, and that browsers keep nothing."""
    read = site.live_site(project)
    pack = site.LAB_FILES[0]
    built = site.site_files(project)
    for path, content in built.items():
        if path not in (pack, site.MANIFEST, site.WORKER, site.CONFIG, site.PAGE):
            assert read(path) == content, path
    version = json.loads(built[site.MANIFEST])["version"].encode()
    assert version
    assert read(site.PAGE) == built[site.PAGE].replace(b'content="%s"' % version, b'content=""')
    assert site.NO_VERSION.encode() in read(site.WORKER)
    assert json.loads(read(site.CONFIG)) == {**json.loads(built[site.CONFIG]), "offline": False}
    listed = json.loads(read(site.MANIFEST))["files"]
    assert {entry["path"] for entry in listed} == built.keys() - {site.MANIFEST, site.WORKER}
    for entry in listed:
        assert entry["sha256"] == hashlib.sha256(read(entry["path"])).hexdigest(), entry["path"]


def test_live_site_makes_the_lab_anew_after_an_edit(project):
    read = site.live_site(project)
    before = read(site.LAB_FILES[0])
    assert read(site.LAB_FILES[0]) is before
    source = (project / "py/spec/texts.py").read_text()
    (project / "py/spec/texts.py").write_text(source + "EDITED = 1\n")
    assert read(site.LAB_FILES[0]) != before


def test_no_package_registry_is_named_in_the_project():
    """The clients know where their registries are; a mirror must be enough to build the project."""
    hosts = [".".join(pieces) for pieces in (("npmjs", "org"), ("pythonhosted", "org"), ("pypi", "org"))]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=environment.ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository")
    paths = [environment.ROOT / name for name in listed.stdout.split("\0") if name]
    assert paths
    for path in paths:
        if path.is_file():
            text = path.read_bytes()
            assert not [host for host in hosts if host.encode() in text], path


def read_tree(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_the_page_fetches_late_is_a_file_and_no_part_of_its_modules():
    own = site.own_files()
    modules = site.page_modules(own)
    extras = own["py/page/extras.py"].decode()
    for path in site.FETCHED_LATE:
        assert path in own
        assert path.removeprefix("py/") not in modules
        assert f'"{path.removeprefix("py/page/").removesuffix(".py")}"' in extras
    others = [path for path in own if path.startswith("py/page/") and path not in (site.MAIN, *site.FETCHED_LATE)]
    assert {path.removeprefix("py/") for path in others} <= modules.keys()
