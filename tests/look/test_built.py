"""What is built for counter and portal runs on old tills and cheap phones, and loads nothing from anybody else."""

import gzip
import re
import shutil
import subprocess

import pytest

from tests.house.rules import ROOT
from tests.look.old_browsers import SCRIPTS, SHEETS, newer

BUILT = ROOT / "static" / "dist"
ESBUILD = ROOT / "assets" / "node_modules" / ".bin" / "esbuild"
TARGETS = {"counter.js": "chrome87", "scanner.js": "chrome87", "portal.js": "chrome100,ios15.4,safari15.4"}
PLANTED = {
    "counter": [
        ".a{color:oklch(50% .1 20)}",
        ".a{color:color-mix(in oklab,red 10%,transparent)}",
        ".a{.b{color:red}&:hover{color:red}}",
        ".a{color:light-dark(#fff,#000)}",
        "@starting-style{.a{opacity:0}}",
        ".a{transition:all 1s linear(0,1)}",
        ".a{grid-template-columns:subgrid}",
        "@media (width>=40rem){.a{color:red}}",
        ".a{color:lab(50% 0 0)}",
    ],
    "portal": [
        ".a:has(b){color:red}",
        "@container (min-width:1px){.a{color:red}}",
        ".a{translate:1px}",
        ".a{height:100dvh}",
    ],
}


@pytest.mark.parametrize("door", SHEETS)
def test_the_sheet_asks_for_nothing_an_old_browser_lacks(door):
    assert newer((BUILT / f"{door}.css").read_text(), SHEETS[door]) == []


@pytest.mark.parametrize(("door", "planted"), [(door, css) for door, some in PLANTED.items() for css in some])
def test_a_planted_feature_is_found(door, planted):
    assert newer((BUILT / f"{door}.css").read_text() + planted, SHEETS[door])


def test_our_scripts_call_nothing_an_old_browser_lacks():
    """Syntax is esbuild's to lower; functions are ours to do without. Alpine wraps new array methods and calls none."""
    ours = [path for path in (ROOT / "assets").rglob("*.js") if "node_modules" not in path.parts]
    assert ours
    for path in ours:
        assert newer(path.read_text(), SCRIPTS) == [], path.name
    assert newer("[1].toSorted()", SCRIPTS)


def as_written(text: str, target: str) -> str:
    told = [str(ESBUILD), f"--target={target}", "--minify-whitespace", "--log-level=error"]
    return subprocess.run(told, input=text, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not (ESBUILD.exists() and shutil.which("node")), reason="assets/node_modules is absent: no esbuild")
@pytest.mark.parametrize("name", TARGETS)
def test_the_script_is_written_in_the_words_of_an_old_browser(name):
    """Nothing is left that esbuild would write in another way for it."""
    script = (BUILT / name).read_text()

    assert as_written(script, TARGETS[name]) == as_written(script, "esnext")
    planted = script + "\nclass Till { static { globalThis.till = 1 } #lines = []; has(x) { return #lines in x } }"
    assert as_written(planted, TARGETS[name]) != as_written(planted, "esnext")


def test_nothing_is_loaded_from_anybody_else():
    for path in [*BUILT.glob("*.css"), *BUILT.glob("*.js"), BUILT / "icons.svg"]:
        text = path.read_text()
        assert not re.search(r"@import|url\((?![\"']?(?:data:|#))", text), path.name
        # names of namespaces and words in messages are not addresses that anybody asks
        hosts = set(re.findall(r"https?://([a-z0-9.-]+)", text)) - {"www.w3.org", "tailwindcss.com"}
        assert hosts <= KNOWN_AND_NOT_ASKED, path.name


# a link in a warning of Alpine's; zxing-wasm's own address for its WebAssembly, which locateFile replaces
KNOWN_AND_NOT_ASKED = {"alpinejs.dev", "fastly.jsdelivr.net"}


def test_the_first_screen_is_small():
    """Sheet, script and nothing else before the page shows; icons, scanner and WebAssembly come when asked for."""
    for door in SHEETS:
        sent = sum(len(gzip.compress((BUILT / f"{door}.{kind}").read_bytes(), 9)) for kind in ("css", "js"))
        assert sent < 80_000, door


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'id="([^"]+)"', (BUILT / "icons.svg").read_text()))
    templates = [path for folder in ("templates", "counter", "portal") for path in (ROOT / folder).rglob("*.html")]
    named = {
        (name, path.name) for path in templates for name in re.findall(r"{% icon [\"']([a-z0-9-]+)", path.read_text())
    }
    assert {(name, where) for name, where in named if name not in drawn} == set()
