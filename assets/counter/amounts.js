/* Amounts as cashiers type them, read without a network. The same rules as counter/amounts.py; both are held to
   tests/counter/amounts.json. `read(text)` answers {amount} or {either: [one, other]} or {}. */

const HIGHEST = 100_000_000_000;
const THOUSAND = 1_000;
const UNITS = {
  k: 1e3, n: 1e3, ng: 1e3, nghin: 1e3, ngan: 1e3,
  tr: 1e6, trieu: 1e6, m: 1e6,
  ty: 1e9, ti: 1e9,
};
const PLAIN = /^[0-9]+$/;
const GROUPED = /^(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+)$/;
const WITH_UNIT = /^([0-9][0-9.,]*)\s*(nghin|ngan|ng|n|k|trieu|tr|m|ty|ti)\s*(.*)$/;
const DECIMAL = /^([0-9]+)[.,]([0-9]{1,2})$/;

class Unclear extends Error {
  constructor(either = []) {
    super("unclear");
    this.either = either;
  }
}

export function read(text) {
  const plain = folded(text);
  try {
    // eslint-disable-next-line no-control-regex
    if (!plain || text.length > 40 || /[^\x00-\x7f]/.test(plain)) throw new Unclear();
    const amount = value(plain);
    return amount > HIGHEST ? {} : { amount };
  } catch (refused) {
    if (!(refused instanceof Unclear)) throw refused;
    return refused.either.length ? { either: refused.either } : {};
  }
}

function folded(text) {
  return text.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[đ₫]/g, "d")
    .replace(/\s*(?:vnd|dong|d)$/, "").replace(/\s+/g, " ").trim();
}

const digits = (text) => Number(text.replace(/[., ]/g, ""));

function value(plain) {
  if (PLAIN.test(plain)) {
    const amount = Number(plain);
    if (amount > 0 && amount < THOUSAND) throw new Unclear([amount, amount * THOUSAND]);
    return amount;
  }
  if (GROUPED.test(plain)) return digits(plain);
  const found = plain.match(WITH_UNIT);
  if (!found) throw new Unclear();
  const unit = UNITS[found[2]];
  const rest = found[3].trim();
  return counted(found[1], unit, rest) + (rest ? remainder(rest, unit) : 0);
}

function counted(number, unit, rest) {
  if (PLAIN.test(number)) return Number(number) * unit;
  const decimal = number.match(DECIMAL);
  if (!decimal || rest) {
    const one = GROUPED.test(number) && !rest && number.replace(/[0-9]/g, "").length === 1;
    throw new Unclear(one ? [(digits(number) * unit) / 1000, digits(number) * unit] : []);
  }
  return Number(decimal[1]) * unit + Math.floor((Number(decimal[2]) * unit) / 10 ** decimal[2].length);
}

function remainder(rest, unit) {
  if (rest === "ruoi") return unit / 2;
  const short = unit === THOUSAND ? [1, 3] : [1, 2, 3];
  if (PLAIN.test(rest) && short.includes(rest.length)) return (Number(rest) * unit) / 10 ** rest.length;
  let part;
  if (GROUPED.test(rest)) part = digits(rest);
  else if (PLAIN.test(rest) && rest.length >= 4) part = Number(rest);
  else {
    const found = rest.match(WITH_UNIT);
    if (!found || UNITS[found[2]] >= unit || !PLAIN.test(found[1])) throw new Unclear();
    const lower = UNITS[found[2]];
    part = Number(found[1]) * lower + (found[3].trim() ? remainder(found[3].trim(), lower) : 0);
  }
  if (part >= unit) throw new Unclear();
  return part;
}

/* 185.000 ₫ */
export const money = (amount) => `${amount.toLocaleString(document.documentElement.lang === "en" ? "en" : "vi")} ₫`;
