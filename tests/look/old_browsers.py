"""What the browsers of old tills and cheap phones lack, as patterns to look for in built sheets and scripts.

Tills with Windows 7 and 8.1 stop at Chrome 109; the portal is opened with Chrome 100 and iOS 15.4. A feature that is
only skipped where it is unknown (text-wrap: balance) is not in the list; one that takes a whole rule with it is.
"""

import re

# feature: pattern; Chrome's first version in brackets
NEWER_THAN_109 = {
    "oklch, oklab, lab, lch (111)": r"\b(?:oklch|oklab|lab|lch)\(",
    "color() (111)": r"(?<![\w-])color\(",
    "color-mix (111)": r"color-mix\(",
    "relative colours (119)": r"\b(?:rgb|hsl)\(from ",
    "nesting (112)": r"[{;}]\s*&|&:[a-z]|& *[.#\[>+~]",
    "light-dark (123)": r"light-dark\(",
    "@starting-style (117)": r"@starting-style",
    "linear() easing (113)": r"(?<!-)\blinear\(",
    "subgrid (117)": r"\bsubgrid\b",
    "@scope (118)": r"@scope\b",
    "allow-discrete (117)": r"allow-discrete",
    ":user-valid (119)": r":user-(?:in)?valid",
    ":dir() (120)": r":dir\(",
    ":popover-open (114)": r":popover-open|:open\b",
    "scroll timelines (115)": r"animation-timeline|view-timeline|scroll-timeline",
    "ranges in media queries are written out": r"@media[^{]*[<>]",
    "if(), attr() with types, sibling-index (133+)": r"(?<![\w-])if\(|attr\([^)]* type\(|sibling-(?:index|count)\(",
}
NEWER_THAN_100 = {
    ":has() (105)": r":has\(",
    "@container (105)": r"@container\b|container-type",
    "translate, rotate, scale as properties (104)": r"[{;](?:translate|rotate|scale):",
    "dvh, svh, lvh (108), not as a second choice": r"\d[dsl]v[hw]\b",
}
SHEETS = {"counter": NEWER_THAN_109, "portal": {**NEWER_THAN_109, **NEWER_THAN_100}}
# names of functions; what esbuild cannot write in another way
SCRIPTS = {
    "copying array methods (110)": r"\.(?:toSorted|toReversed|toSpliced)\(",
    "Promise.withResolvers (119)": r"\bPromise\.(?:withResolvers|try)\b",
    "grouping (117)": r"\b(?:Object|Map)\.groupBy\b",
    "AbortSignal.any (116)": r"\bAbortSignal\.any\b",
    "URL.canParse (120)": r"\bURL\.(?:canParse|parse)\b",
    "sets' own algebra (122)": r"\.(?:isSubsetOf|isSupersetOf|symmetricDifference)\(",
    "popovers (114)": r"\.(?:showPopover|togglePopover)\(",
    "sentences that eval": r"\bnew Function\(|[^.\w]eval\(",
}


def newer(text: str, features: dict[str, str]) -> list[str]:
    """The features that `text` uses, with where."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"@supports [^{]*", "", text)  # what stands in a condition is asked for, not used
    found = []
    for feature, pattern in features.items():
        if seen := re.search(pattern, text):
            found.append(f"{feature}: …{text[max(0, seen.start() - 60) : seen.end() + 60]}…")
    return found
