import { isUtf8 } from 'node:buffer';
import type { ReadOptions } from '../../../spec/schema.ts';
import { CHUNK, fileChunks } from '../../../storage/file-chunks.ts';
import { readHead } from './read-bytes.ts';

export type Encoding = NonNullable<ReadOptions['encoding']>;

/** Bytes of a byte order mark that a text may begin with. */
const MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The encoding that a byte order mark declares, and the length of the mark. */
export function byteOrderMark(head: Uint8Array): { encoding: Encoding; length: number } | undefined {
  const found = MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte));
  return found && { encoding: found[0], length: found[1].length };
}

/** Where a file stops being UTF-8: the byte offset of a line near it. Undefined when all of it is UTF-8. */
export async function firstInvalidUtf8(path: string): Promise<number | undefined> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of fileChunks(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - incompleteTail(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) return offset + validLines(bytes);
    offset += whole;
    rest = Buffer.from(bytes.subarray(whole));
  }
  return isUtf8(rest) ? undefined : offset;
}

/** Bytes at the end that begin a character which the next chunk completes. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

/** Length of the lines at the start of `bytes` that are valid, by bisection. */
function validLines(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const cut = middle - incompleteTail(bytes.subarray(0, middle));
    if (isUtf8(bytes.subarray(0, cut))) low = middle;
    else high = middle;
  }
  const valid = low - incompleteTail(bytes.subarray(0, low));
  return valid === 0 ? 0 : bytes.lastIndexOf(0x0a, valid - 1) + 1;
}

/** Bytes of lines with characters beyond ASCII that are enough to tell encodings apart. */
const SAMPLE = 1 << 18;

/** Shares of the characters beyond ASCII that a Japanese text reaches and another text read as Japanese does not. */
const COMMON_SHARE = 0.9;
const KANA_SHARE = 0.05;

/**
 * The encoding of a text that has no byte order mark and is not UTF-8; undefined when none fits well enough to be
 * trusted. Western, Cyrillic, Chinese and Korean encodings often decode as Japanese without an error, but into
 * characters that Japanese texts rarely hold; that is what tells them apart. EUC-JP shares its common range with the
 * Chinese and Korean EUC encodings, so there kana must appear too.
 */
export async function detectEncoding(path: string): Promise<Encoding | undefined> {
  const wide = utf16Without(await readHead(path, 1 << 16));
  if (wide !== undefined) return wide;
  const sample = await sampleBeyondAscii(path);
  if (sample.every(isUndecided)) return undefined;
  const shift = japaneseScore(sample, 'shift_jis');
  const euc = japaneseScore(sample, 'euc-jp');
  if (
    euc !== undefined &&
    euc.common >= COMMON_SHARE &&
    euc.kana >= KANA_SHARE &&
    euc.common >= (shift?.common ?? 0)
  ) {
    return 'euc-jp';
  }
  return shift !== undefined && shift.common >= COMMON_SHARE ? 'shift_jis' : undefined;
}

/**
 * Whether a byte is katakana of half width in Shift_JIS and half a character in EUC-JP: of such bytes alone either may be
 * meant. Shift_JIS with anything else has bytes below these, and EUC-JP with hiragana soon has some above.
 */
const isUndecided = (byte: number): boolean => byte < 0x80 || (byte >= 0xa1 && byte <= 0xdf);

/** UTF-16 without a mark: every ASCII character, line ends at least, has a zero byte on one side. */
function utf16Without(head: Buffer): Encoding | undefined {
  let even = 0;
  let odd = 0;
  for (const [i, byte] of head.entries()) {
    if (byte === 0) i % 2 === 0 ? even++ : odd++;
  }
  if (even + odd < head.length / 50) return undefined;
  if (even === 0) return 'utf-16le';
  return odd === 0 ? 'utf-16be' : undefined;
}

async function sampleBeyondAscii(path: string): Promise<Buffer> {
  const lines: Buffer[] = [];
  let size = 0;
  for await (const bytes of fileChunks(path)) {
    let start = 0;
    while (start < bytes.length) {
      const end = bytes.indexOf(0x0a, start);
      // The last line of a chunk is cut somewhere, perhaps within a character: left out.
      if (end < 0 && bytes.length === CHUNK) break;
      const line = bytes.subarray(start, end < 0 ? bytes.length : end + 1);
      if (line.some(byte => byte >= 0x80)) {
        lines.push(Buffer.from(line));
        size += line.length;
        if (size >= SAMPLE) return Buffer.concat(lines);
      }
      start += line.length;
    }
  }
  return Buffer.concat(lines);
}

/** Shares of common Japanese characters and of kana among those beyond ASCII; undefined when it does not decode. */
function japaneseScore(
  sample: Buffer,
  encoding: 'shift_jis' | 'euc-jp',
): { common: number; kana: number } | undefined {
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(sample);
  } catch {
    return undefined;
  }
  let beyond = 0;
  let kana = 0;
  let common = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    // Katakana of half width say nothing: single bytes of many encodings decode as them.
    if (code < 0x80 || (code >= 0xff61 && code <= 0xff9f)) continue;
    beyond++;
    if (code >= 0x3041 && code <= 0x30fe) kana++;
    else if (isFullWidth(code) || isLevelOneKanji(character)) common++;
  }
  return beyond === 0 ? undefined : { common: (common + kana) / beyond, kana: kana / beyond };
}

/** Punctuation of Japanese texts, and letters and digits of full width. */
const isFullWidth = (code: number): boolean =>
  (code >= 0x3000 && code <= 0x3015) ||
  (code >= 0xff01 && code <= 0xff5e) ||
  code === 0x2015 ||
  code === 0x2212;

let levelOne: Set<string> | undefined;

/** The 2,965 kanji of JIS level 1, rows 16 to 47 of JIS X 0208: those that everyday texts are written in. */
function isLevelOneKanji(character: string): boolean {
  if (levelOne === undefined) {
    const decoder = new TextDecoder('euc-jp');
    levelOne = new Set();
    for (let row = 0xb0; row <= 0xcf; row++) {
      for (let cell = 0xa1; cell <= 0xfe; cell++) levelOne.add(decoder.decode(Uint8Array.of(row, cell)));
    }
    levelOne.delete('\uFFFD');
  }
  return levelOne.has(character);
}
