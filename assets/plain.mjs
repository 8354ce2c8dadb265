/* Turns the sheet Tailwind writes into one that a till of 2023 reads: no color-mix(), oklch(), nesting or @starting-style. */

import postcss from "postcss";

const HEX = /#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\b/i;
const channels = (hex) => HEX.exec(hex).slice(1).map((part) => parseInt(part, 16)).join(" ");

/* The text between the brackets that open at `start`, and where they close. */
function inside(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return [text.slice(start + 1, at), at + 1];
  }
  throw new Error(`unbalanced brackets: ${text}`);
}

function parts(text) {
  const found = [""];
  let depth = 0;
  for (const letter of text) {
    depth += letter === "(" ? 1 : letter === ")" ? -1 : 0;
    if (letter === "," && depth === 0) found.push("");
    else found[found.length - 1] += letter;
  }
  return found.map((part) => part.trim());
}

/* color-mix(in oklab, var(--color-line) 40%, transparent) → rgb(var(--rgb-line) / 40%) */
function thinned(mix) {
  const [, first, second] = parts(mix);
  const colour = /^(.*?)\s+([\d.]+%|calc\(.*\)|var\(.*\))$/.exec(first);
  if (!colour || !/^(transparent|#0000)$/.test(second)) return colour ? colour[1] : first;
  const [, named, share] = colour;
  const token = /^var\(--color-([a-z-]+)\)$/.exec(named);
  if (token) return `rgb(var(--rgb-${token[1]}) / ${share})`;
  if (HEX.test(named)) return `rgb(${channels(named)} / ${share})`;
  return named;
}

function withoutMixes(value) {
  let at;
  while ((at = value.indexOf("color-mix(")) !== -1) {
    const [mix, end] = inside(value, at + "color-mix".length);
    value = value.slice(0, at) + thinned(withoutMixes(mix)) + value.slice(end);
  }
  return value;
}

/* oklch(0% 0 0 / x) is black, oklch(100% 0 0 / x) white: the only ones daisyUI's parts that we take use. */
const withoutOklch = (value) =>
  value.replace(/oklch\((0%?|100%?|1) 0 0\s*\/\s*/g, (_, light) => `rgb(${light.startsWith("0") ? "0 0 0" : "255 255 255"} / `);

const keepsColour = (value) => /^(#|var\(--shop)/.test(value) && HEX.test(value);

const plainly = {
  postcssPlugin: "plain",
  AtRule: {
    supports(rule) {
      if (rule.params.includes("color-mix")) rule.replaceWith(rule.nodes);
    },
    "starting-style": (rule) => rule.remove(),
    property(rule) {
      rule.walkDecls("syntax", (decl) => decl.value.includes("<color>") && (decl.value = '"*"'));
    },
  },
  Declaration(decl) {
    const value = withoutOklch(withoutMixes(decl.value));
    if (value !== decl.value) decl.value = value;
  },
  OnceExit(root) {
    root.walkDecls(/^--color-/, (decl) => {
      if (!keepsColour(decl.value)) return;
      const shop = /^var\(--(shop[a-z-]*),/.exec(decl.value);
      const value = shop ? `var(--${shop[1]}-rgb, ${channels(decl.value)})` : channels(decl.value);
      decl.cloneAfter({ prop: decl.prop.replace("--color-", "--rgb-"), value });
    });
  },
};

export const plain = (css) => postcss([plainly]).process(css, { from: undefined });
