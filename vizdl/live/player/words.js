/* Numbers and sentences as Python writes them: the twin of experiments/base.py and figures/words.py.
 *
 * vizdl.words.number(0.00123)          "0.00123"
 * vizdl.words.fill(texts, lookup)      the first text whose condition holds, its numbers filled in;
 *                                      lookup(name, index) gives a number or a word
 */
(function (vizdl) {
  "use strict";

  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  // JavaScript rounds a number half way between two others up, Python to the even one. A number
  // is half way at the n-th decimal just if it is an odd multiple of 2^-(n + 1).
  function halfWay(x, place) {
    if (place < 0) return x % 10 ** -place === 10 ** -place / 2;
    return Math.abs(x * 2 ** (place + 1)) % 2 === 1;
  }

  function toEven(digits, x, place) {
    const last = Number(digits.slice(-1));
    return last % 2 && halfWay(x, place) ? digits.slice(0, -1) + (last - 1) : digits;
  }

  function fixed(x, decimals) {
    return toEven(x.toFixed(decimals), x, decimals);
  }

  function exponential(x, decimals) {
    const parts = x.toExponential(decimals).split("e");
    const exponent = Number(x.toExponential().split("e")[1]);
    return [toEven(parts[0], x, decimals - exponent), Number(parts[1])];
  }

  function signed(value, text) {
    return value < 0 ? "−" + text : text;
  }

  function raised(exponent) {
    const digits = Array.from(String(Math.abs(exponent)), (digit) => RAISED[digit]);
    return (exponent < 0 ? "⁻" : "") + digits.join("");
  }

  function number(value, digits) {
    const count = digits === undefined || digits === null ? 3 : digits;
    if (Number.isNaN(value)) return "not a number";
    if (!Number.isFinite(value)) return signed(value, "∞");
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e5) return signed(value, String(size));
    const [mantissa, exponent] = exponential(size, count - 1);
    if (size >= 1e-3 && size < 1e5) {
      return signed(value, fixed(size, Math.max(0, count - 1 - exponent)));
    }
    return signed(value, mantissa + "×10" + raised(exponent));
  }

  function unpadded(text) {
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  }

  function general(size, digits) {
    if (size === 0) return "0";
    const [mantissa, exponent] = exponential(size, digits - 1);
    if (exponent >= -4 && exponent < digits) return unpadded(fixed(size, digits - 1 - exponent));
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return unpadded(mantissa) + "e" + (exponent < 0 ? "−" : "+") + power;
  }

  function plain(value, kind, digits) {
    if (kind === "n") return number(value, digits);
    if (!Number.isFinite(value)) return number(value);
    const size = Math.abs(value);
    const text = kind === "g" ? general(size, digits) : fixed(size, kind === "f" ? digits : 0);
    return Number(text) === 0 ? text : signed(value, text);
  }

  function write(value, kind, digits, bracketed) {
    if (kind === "s") return String(value);
    const text = plain(Number(value), kind, digits);
    return bracketed && text[0] === "−" ? "(" + text + ")" : text;
  }

  function holds(text, lookup) {
    if (!text.if) return true;
    const found = Number(lookup(text.if[0], text.if[1]));
    return (found !== 0 && !Number.isNaN(found)) !== text.not;
  }

  function fill(texts, lookup) {
    const chosen = texts.find((text) => holds(text, lookup));
    if (!chosen) return "";
    let said = "";
    for (const part of chosen.say) {
      if (typeof part === "string") said += part;
      else said += write(lookup(part[0], part[1]), part[2], part[3], part[4]);
    }
    return said;
  }

  vizdl.words = { number: number, write: write, fill: fill };
})((globalThis.vizdl = globalThis.vizdl || {}));
