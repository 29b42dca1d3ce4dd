// QR codes (ISO/IEC 18004) of addresses: byte mode, error correction M, versions 1 to 10. Long enough for any link of ours.

// For each version: bytes of error correction per block, then the data bytes of each block.
const BLOCKS = [
  [10, 16],
  [16, 28],
  [26, 44],
  [18, 32, 32],
  [24, 43, 43],
  [16, 27, 27, 27, 27],
  [18, 31, 31, 31, 31],
  [22, 38, 38, 39, 39],
  [22, 36, 36, 36, 37, 37],
  [26, 43, 43, 43, 43, 44],
];
const ALIGNMENT = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const MASKS = [
  (/** @type {number} */ y, /** @type {number} */ x) => (x + y) % 2,
  (/** @type {number} */ y) => y % 2,
  (/** @type {number} */ _, /** @type {number} */ x) => x % 3,
  (/** @type {number} */ y, /** @type {number} */ x) => (x + y) % 3,
  (/** @type {number} */ y, /** @type {number} */ x) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (/** @type {number} */ y, /** @type {number} */ x) => ((x * y) % 2) + ((x * y) % 3),
  (/** @type {number} */ y, /** @type {number} */ x) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (/** @type {number} */ y, /** @type {number} */ x) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** @type {number[]} */
const EXP = [];
/** @type {number[]} */
const LOG = [];
for (let power = 0, value = 1; power < 255; power += 1) {
  [EXP[power], LOG[value]] = [value, power];
  value = value & 128 ? (value << 1) ^ 0x11d : value << 1;
}
const times = (/** @type {number} */ a, /** @type {number} */ b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);

/** Reed–Solomon bytes of one block. @param {number[]} data @param {number} count */
function correction(data, count) {
  let generator = [1];
  for (let power = 0; power < count; power += 1) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => (next[at + 1] ^= times(factor, EXP[power])));
    generator = next;
  }
  const rest = [...data, ...Array(count).fill(0)];
  data.forEach((_, at) => {
    const lead = rest[at];
    generator.forEach((factor, step) => (rest[at + step] ^= times(factor, lead)));
  });
  return rest.slice(data.length);
}

/** The bits to be drawn, interleaved. @param {Uint8Array} bytes @param {number} version */
function codewords(bytes, version) {
  const [count, ...sizes] = BLOCKS[version - 1];
  const room = sizes.reduce((sum, size) => sum + size, 0);
  const bits = [0, 1, 0, 0];
  const push = (/** @type {number} */ value, /** @type {number} */ width) => {
    for (let bit = width - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  push(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => push(byte, 8));
  push(0, Math.min(4, room * 8 - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  /** @type {number[]} */
  const data = [];
  for (let at = 0; at < bits.length; at += 8) data.push(parseInt(bits.slice(at, at + 8).join(''), 2));
  for (let pad = 0xec; data.length < room; pad ^= 0xfd) data.push(pad);
  let from = 0;
  const blocks = sizes.map((size) => data.slice(from, (from += size)));
  const checks = blocks.map((block) => correction(block, count));
  const longest = Math.max(...sizes);
  const all = [];
  for (let at = 0; at < longest; at += 1) for (const block of blocks) if (at < block.length) all.push(block[at]);
  for (let at = 0; at < count; at += 1) for (const check of checks) all.push(check[at]);
  return all.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => (byte >> bit) & 1));
}

/** A number followed by its BCH remainder. @param {number} value @param {number} generator @param {number} width */
function protect(value, generator, width) {
  let rest = value << width;
  for (let bit = 31 - Math.clz32(rest); bit >= width; bit = 31 - Math.clz32(rest)) rest ^= generator << (bit - width);
  return (value << width) | rest;
}

/** How hard a drawing is to read: runs, blocks, look-alikes of the corners, imbalance. @param {number[][]} grid */
function penalty(grid) {
  const size = grid.length;
  let score = 0;
  let dark = 0;
  const lines = [...grid, ...grid.map((_, x) => grid.map((row) => row[x]))].map((line) => line.join(''));
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) || []) score += run.length - 2;
    for (let at = 0; at <= size - 11; at += 1) if (/^(10111010000|00001011101)$/.test(line.slice(at, at + 11))) score += 40;
  }
  grid.forEach((row, y) =>
    row.forEach((module, x) => {
      dark += module;
      if (y && x && module === row[x - 1] && module === grid[y - 1][x] && module === grid[y - 1][x - 1]) score += 3;
    }),
  );
  return score + Math.floor(Math.abs((dark * 20) / (size * size) - 10)) * 10;
}

/**
 * @param {string} text at most 213 bytes in UTF-8
 * @returns {number[][]|null} rows of 0 (light) and 1 (dark), without the quiet zone; null when too long
 */
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex(([, ...sizes], at) => sizes.reduce((a, b) => a + b, 0) * 8 >= 4 + (at < 9 ? 8 : 16) + bytes.length * 8) + 1;
  if (!version) return null;
  const size = 17 + 4 * version;
  /** @type {number[][]} */
  const grid = Array.from({ length: size }, () => Array(size).fill(-1));
  const put = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ value) => {
    if (y >= 0 && x >= 0 && y < size && x < size) grid[y][x] = value;
  };
  const ring = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ reach) => {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1) {
        const away = Math.max(Math.abs(dy), Math.abs(dx));
        put(y + dy, x + dx, reach === 4 ? Number(away !== 2 && away !== 4) : Number(away !== 1));
      }
  };
  for (let at = 8; at < size - 8; at += 1) grid[6][at] = grid[at][6] = 1 - (at % 2);
  const centres = ALIGNMENT[version - 1];
  const last = centres.length - 1;
  centres.forEach((y, i) => centres.forEach((x, j) => (!i && !j) || (!i && j === last) || (i === last && !j) || ring(y, x, 2)));
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) ring(y, x, 4);
  for (let at = 0; at < 9; at += 1) for (const [y, x] of [[8, at], [at, 8], [8, size - 1 - at], [size - 1 - at, 8]]) if (grid[y][x] < 0 && (at < 8 || (y === 8 && x === 8))) grid[y][x] = 0;
  if (version > 6) {
    const mark = protect(version, 0x1f25, 12);
    for (let bit = 0; bit < 18; bit += 1) grid[Math.floor(bit / 3)][size - 11 + (bit % 3)] = grid[size - 11 + (bit % 3)][Math.floor(bit / 3)] = (mark >> bit) & 1;
  }
  const fixed = grid.map((row) => row.map((module) => module >= 0));
  const bits = codewords(bytes, version);
  let next = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1)
      for (const x of [right, right - 1]) {
        const y = up ? size - 1 - step : step;
        if (!fixed[y][x]) grid[y][x] = bits[next++] || 0;
      }
  }
  let best = null;
  let least = Infinity;
  for (let mask = 0; mask < 8; mask += 1) {
    const drawn = grid.map((row, y) => row.map((module, x) => (fixed[y][x] || MASKS[mask](y, x) ? module : module ^ 1)));
    const format = protect(mask, 0x537, 10) ^ 0x5412; // level M is 00, so the five bits are the mask alone
    for (let bit = 0; bit < 15; bit += 1) {
      const value = (format >> bit) & 1;
      drawn[bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit][8] = value;
      drawn[8][bit < 8 ? size - 1 - bit : bit < 9 ? 7 : 14 - bit] = value;
    }
    drawn[size - 8][8] = 1;
    const score = penalty(drawn);
    if (score < least) [best, least] = [drawn, score];
  }
  return best;
}
