// Offsets: a browser counts UTF-16 units, the service counts code points.

const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Turns offsets into one text from one count to the other, in either direction. */
export class Offsets {
  /** @param {string} text */
  constructor(text) {
    this.seconds = Array.from(text.matchAll(ASTRAL), (match) => match.index + 1);
  }

  /** @param {number} unit offset in UTF-16 units @returns {number} the same place in code points */
  toCodePoint(unit) {
    return unit - this.#countBefore((second) => second < unit);
  }

  /** @param {number} point offset in code points @returns {number} the same place in UTF-16 units */
  toUnit(point) {
    // The nth pair's second unit, n counted from 0, stands behind n earlier second units.
    return point + this.#countBefore((second, n) => second - n <= point);
  }

  #countBefore(isBefore) {
    let low = 0;
    let high = this.seconds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.seconds[middle], middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
