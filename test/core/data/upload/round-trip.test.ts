import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fc } from '../../../support/properties.ts';
import { acceptedRows, deliver, emptyStore, specOf } from './upload-harness.ts';

interface Row {
  readonly s: string;
  readonly i: bigint | null;
  readonly n: number | null;
  readonly b: boolean | null;
  readonly d: string | null;
}

const spec = specOf({
  columns: {
    s: { type: 'string' },
    i: { type: 'integer' },
    n: { type: 'number' },
    b: { type: 'boolean' },
    d: { type: 'date' },
  },
});

// Strings with everything that CSV gives a meaning to, and characters of every width. NUL is refused by name.
const character = fc.oneof(
  fc.constantFrom(
    '"',
    ',',
    ';',
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '|',
    "'",
    '\\',
    '=',
    '東',
    '🛫',
    '\u00e9',
    '\u0001',
    '\uFEFF',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter(text => text !== '\0'),
);
const text = fc.array(character, { maxLength: 12 }).map(parts => parts.join(''));
const option = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const row: fc.Arbitrary<Row> = fc.record({
  s: text,
  i: option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  n: option(fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value))),
  b: option(fc.boolean()),
  d: option(
    fc
      .date({ min: new Date('1000-01-01'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map(date => date.toISOString().slice(0, 10)),
  ),
});

/** What must come back: an empty cell of a text file is a missing value. */
const expected = ({ s, i, n, b, d }: Row) => ({
  s: s === '' ? null : s,
  i: i?.toString() ?? null,
  n,
  b: b?.toString() ?? null,
  d,
});

async function delivered(bytes: string | Uint8Array, file: string) {
  const data = emptyStore();
  const verdict = await deliver(bytes, { spec, data, file });
  const rows = await acceptedRows(data, verdict);
  return rows.map(([s, i, n, b, d]) => ({ s, i, n: n === null ? null : Number(n), b, d }));
}

const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;

/** The least quoting that a reader needs, or quotes around everything. */
function field(value: string, delimiter: string, always: boolean): string {
  return always || value.includes(delimiter) || /["\r\n]|^ *$|^ +"/.test(value) ? quote(value) : value;
}

const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  always: fc.boolean(),
  mark: fc.boolean(),
  lastEnd: fc.boolean(),
  encoding: fc.constantFrom('utf8', 'utf16le'),
  packing: fc.constantFrom('', '.gz', '.zst'),
});

const pack = {
  '': (bytes: Buffer) => bytes,
  '.gz': (bytes: Buffer) => gzipSync(bytes),
  '.zst': (bytes: Buffer) => zstdCompressSync(bytes),
};

describe('what is accepted is what was sent', () => {
  it('in delimited text of any dialect, encoding and compression', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        dialect,
        async (rows, { delimiter, end, always, mark, lastEnd, encoding, packing }) => {
          const records = rows.map(({ s, i, n, b, d }) =>
            [s, i, n, b, d]
              .map(value => field(value === null ? '' : String(value), delimiter, always))
              .join(delimiter),
          );
          const lines =
            [['s', 'i', 'n', 'b', 'd'].join(delimiter), ...records].join(end) + (lastEnd ? end : '');
          // Lone halves of UTF-16 pairs have no place in a file.
          fc.pre(lines.isWellFormed());
          const bytes = Buffer.from((mark || encoding === 'utf16le' ? '\uFEFF' : '') + lines, encoding);
          expect(await delivered(pack[packing as keyof typeof pack](bytes), `file.csv${packing}`)).toEqual(
            rows.map(expected),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('in JSON Lines, whatever the order of the names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (rows, reversed) => {
          const lines = rows.map(({ s, i, n, b, d }) => {
            const members = [
              `"s":${JSON.stringify(s)}`,
              `"i":${i}`,
              `"n":${JSON.stringify(n)}`,
              `"b":${b}`,
              `"d":${JSON.stringify(d)}`,
            ];
            return `{${(reversed ? members.reverse() : members).join(',')}}`;
          });
          fc.pre(rows.every(({ s }) => s.isWellFormed()));
          // JSON tells an empty string from a missing value.
          expect(await delivered(`${lines.join('\n')}\n`, 'file.jsonl')).toEqual(
            rows.map(sent => ({ ...expected(sent), s: sent.s })),
          );
        },
      ),
      { numRuns: 15 },
    );
  });
});
