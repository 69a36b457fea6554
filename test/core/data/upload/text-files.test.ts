import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectEncoding } from '../../../../core/data/upload/reading/encoding.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { acceptedRows, deliver, emptyStore, outcome, specOf } from './upload-harness.ts';

/** Text in a Japanese encoding, by looking up what each pair of bytes decodes to. */
function encoder(encoding: string): (text: string) => Buffer {
  const decoder = new TextDecoder(encoding);
  const codes = new Map<string, number[]>();
  for (let first = 0xff; first >= 0x80; first--) {
    for (let second = 0xff; second >= 0x40; second--) {
      const character = decoder.decode(Uint8Array.of(first, second));
      if ([...character].length === 1) codes.set(character, [first, second]);
    }
  }
  return text =>
    Buffer.from([...text].flatMap(c => (c < '\u0080' ? [c.charCodeAt(0)] : (codes.get(c) ?? []))));
}

describe('files larger than any buffer', () => {
  const COUNT = 60_000;
  // Rows of odd lengths, so that characters and quotes fall on every border between two pieces of the file.
  const rows = Array.from({ length: COUNT }, (_, i) => [
    String(i),
    `${'東の'.repeat(i % 5)}x"y"\n${'z'.repeat(i % 7)}`,
  ]);
  const text = `n,s\n${rows.map(([n, s = '']) => `${n},"${s.replaceAll('"', '""')}"\n`).join('')}`;
  const spec = specOf({ columns: { n: { type: 'integer' }, s: { type: 'string' } } });

  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['shift_jis', encoder('shift_jis')(text)],
    ['euc-jp', encoder('euc-jp')(text)],
    ['utf-8 with mixed line ends', Buffer.from(text.replace('n,s\n', 'n,s\r\n'))],
  ])('are read to the last character: %s', async (_, bytes) => {
    expect(bytes.length).toBeGreaterThan(1 << 20);
    const data = emptyStore();
    expect(await acceptedRows(data, await deliver(bytes, { spec, data }))).toEqual(rows);
  });

  it('keep the numbers of their lines', async () => {
    const broken = text.replace('\n59999,', '\nx,');
    expect(await outcome(broken, { columns: { n: { type: 'integer' }, s: { type: 'string' } } })).toEqual({
      reasons: [['n.type', 1, [2 + 2 * 59_999]]],
    });
  });
});

describe('encodings', () => {
  const detect = (bytes: Buffer) => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, bytes);
    return detectEncoding(path);
  };

  it('are detected where the text leaves no doubt', async () => {
    const shift = encoder('shift_jis');
    expect(await detect(shift('名前,住所\n山田太郎,東京都千代田区\n'))).toBe('shift_jis');
    expect(await detect(shift('品名\nりんご\n'))).toBe('shift_jis');
    expect(await detect(encoder('euc-jp')('名前,住所\nやまだ太郎,東京都\n'))).toBe('euc-jp');
    // Kanji alone are the same bytes as Chinese or Korean words.
    expect(await detect(encoder('euc-jp')('名前\n山田\n'))).toBeUndefined();
    for (const latin of ['Müller', 'Amélie', 'Straße', 'Ångström, Ærø', 'Größe', 'ÄÖÜ', 'naïve café']) {
      expect([latin, await detect(Buffer.from(`n\n${latin}\n`, 'latin1'))]).toEqual([latin, undefined]);
    }
    const cyrillic = Buffer.from([
      0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0, 0x0a, 0xcc, 0xce, 0xd1, 0xca, 0xc2, 0xc0, 0x0a,
    ]);
    expect(await detect(cyrillic)).toBeUndefined();
  });

  it('are never guessed where two of them fit: such a file is refused until it is declared', async () => {
    const columns = { s: { type: 'string' } };
    const halfWidth = (text: string): Buffer =>
      Buffer.from([...text].map(c => (c < '\u0080' ? c.charCodeAt(0) : c.charCodeAt(0) - 0xfec0)));
    const eucJp = encoder('euc-jp');
    // ｱｲ･ｳ in Shift_JIS is 渦コ in EUC-JP, byte for byte.
    expect(halfWidth('s\nｱｲ･ｳ\n')).toEqual(eucJp('s\n渦コ\n'));
    for (const bytes of [
      halfWidth('s\nｱｲ･ｳ\n'),
      halfWidth('s\nﾔﾏﾀﾞ\nﾀﾛｳ\n'),
      eucJp('s\nネコ\n'),
      eucJp('s\n山田\n'),
    ]) {
      expect(await detect(bytes)).toBeUndefined();
      const { reasons } = await deliver(bytes, { spec: specOf({ columns }) });
      expect(reasons).toMatchObject([
        { rule: 'file.encoding', advice: expect.stringContaining('read: { encoding: shift_jis } or euc-jp') },
      ]);
    }
    const declared = (bytes: Buffer, encoding: string) => outcome(bytes, { columns, read: { encoding } });
    expect(await declared(halfWidth('s\nｱｲ･ｳ\n'), 'shift_jis')).toEqual({ rows: [['ｱｲ･ｳ']] });
    expect(await declared(halfWidth('s\nｱｲ･ｳ\n'), 'euc-jp')).toEqual({ rows: [['渦コ']] });
    expect(await declared(eucJp('s\nネコ\n'), 'euc-jp')).toEqual({ rows: [['ネコ']] });
    // One hiragana beyond the common bytes leaves no doubt.
    expect(await outcome(eucJp('s\nねこやなぎ\n'), { columns })).toEqual({ rows: [['ねこやなぎ']] });
    // Katakana of half width beside kanji of Shift_JIS.
    expect(
      await outcome(Buffer.concat([encoder('shift_jis')('s\n山田'), halfWidth('ﾀﾛｳ\n')]), { columns }),
    ).toEqual({
      rows: [['山田ﾀﾛｳ']],
    });
  });

  it('may be declared where they cannot be detected', async () => {
    const bytes = encoder('euc-jp')('s\n山田\n');
    const columns = { s: { type: 'string' } };
    expect(await outcome(bytes, { columns })).toEqual({ reasons: [['file.encoding', 0, [2]]] });
    expect(await outcome(bytes, { columns, read: { encoding: 'euc-jp' } })).toEqual({ rows: [['山田']] });
    // A byte order mark says more than a declaration.
    expect(await outcome('\uFEFFs\n山田\n', { columns, read: { encoding: 'euc-jp' } })).toEqual({
      rows: [['山田']],
    });
    expect(await outcome(Buffer.from('s\né\n', 'latin1'), { columns, read: { encoding: 'utf-8' } })).toEqual({
      reasons: [['file.encoding', 0, [2]]],
    });
  });
});

describe('delimiters', () => {
  it('are found by the columns of the contract, or declared', async () => {
    const columns = { a: { type: 'string' }, 'b,c': { type: 'string' } };
    expect(await outcome('a;b,c\n1,2;3\n', { columns })).toEqual({ rows: [['1,2', '3']] });
    expect(await outcome('a|b,c\n1;2|3\n', { columns, read: { delimiter: '|' } })).toEqual({
      rows: [['1;2', '3']],
    });
    expect(
      await outcome('a\n1,5\n', { columns: { a: { type: 'string' } }, read: { delimiter: '\t' } }),
    ).toEqual({ rows: [['1,5']] });
  });

  it('leave a file of one column alone, blank lines being missing values', async () => {
    expect(await outcome('a\n1\n\n2\n', { columns: { a: { type: 'integer' } } })).toEqual({
      rows: [['1'], [null], ['2']],
    });
  });
});
