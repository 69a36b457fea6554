import { describe, expect, it } from 'vitest';
import { outcome } from './upload-harness.ts';

/** What becomes of each text as a value of one column: its value as DuckDB prints it, or 'refused'. */
async function fates(
  type: string,
  texts: readonly string[],
  read?: Record<string, unknown>,
): Promise<Record<string, string>> {
  const lines = texts.map((text, i) => `${i},"${text.replaceAll('"', '""')}"`);
  const contract = {
    on_violation: 'drop',
    read,
    columns: { n: { type: 'integer', required: true }, v: { type } },
  };
  // One row that always passes, so that a file of refused values is not refused as a whole.
  const result = await outcome(`n,v\n${[...lines, '-1,'].join('\n')}\n`, contract);
  if (!('rows' in result)) throw new Error(JSON.stringify(result));
  const values = new Map(result.rows.map(([n, value]) => [n, value]));
  return Object.fromEntries(texts.map((text, i) => [text, values.get(String(i)) ?? 'refused']));
}

describe('whole numbers', () => {
  it('are read when they are whole and fit into 64 bits, and refused otherwise', async () => {
    const expected = {
      '0': '0',
      '-5': '-5',
      '+7': '7',
      '007': '7',
      ' 12 ': '12',
      '12.0': '12',
      '12.': '12',
      '9223372036854775807': '9223372036854775807',
      '-9223372036854775808': '-9223372036854775808',
      '9223372036854775808': 'refused',
      '1.5': 'refused',
      '1e3': 'refused',
      '1_000': 'refused',
      '0x10': 'refused',
      '1,000': 'refused',
      NaN: 'refused',
      '--5': 'refused',
      '１２': 'refused',
      one: 'refused',
    };
    expect(await fates('integer', Object.keys(expected))).toEqual(expected);
  });

  it('may be grouped where the contract says so', async () => {
    const expected = {
      '1.234.567': '1234567',
      '1234567': '1234567',
      '1.23.456': 'refused',
      '12.345,00': '12345',
      '1,5': 'refused',
    };
    expect(await fates('integer', Object.keys(expected), { decimal: ',', thousands: '.' })).toEqual(expected);
  });
});

describe('numbers', () => {
  it('are read when they are finite decimals', async () => {
    const expected = {
      '1.5': '1.5',
      '-.5': '-0.5',
      '5.': '5.0',
      '1e3': '1000.0',
      ' 2.25 ': '2.25',
      '0': '0.0',
      '0.000': '0.0',
      '0e5': '0.0',
      '1e400': 'refused',
      '-1e400': 'refused',
      '1e-400': 'refused',
      NaN: 'refused',
      Infinity: 'refused',
      inf: 'refused',
      '1_000.5': 'refused',
      '0x1p3': 'refused',
      '1,5': 'refused',
      '€5': 'refused',
      '50%': 'refused',
    };
    expect(await fates('number', Object.keys(expected))).toEqual(expected);
  });

  it('follow the declared decimal comma and thousands separator', async () => {
    const expected = {
      '1.234,56': '1234.56',
      '1234,5': '1234.5',
      '-0,5': '-0.5',
      ',5': '0.5',
      '1,5e3': '1500.0',
      '1.234': '1234.0',
      '1.5': 'refused',
      '1,234.56': 'refused',
      '12.34,5': 'refused',
    };
    expect(await fates('number', Object.keys(expected), { decimal: ',', thousands: '.' })).toEqual(expected);
    const spaced = {
      '1 234,5': '1234.5',
      '1\u00a0234,5': '1234.5',
      '1\u202f234,5': '1234.5',
      '1.234': 'refused',
    };
    expect(await fates('number', Object.keys(spaced), { decimal: ',', thousands: ' ' })).toEqual(spaced);
    const swiss = { "1'234.5": '1234.5', '1’234.5': '1234.5', '1,234.5': 'refused' };
    expect(await fates('number', Object.keys(swiss), { thousands: "'" })).toEqual(swiss);
  });
});

describe('booleans', () => {
  it('are read in the usual spellings, in any case', async () => {
    const expected = {
      true: 'true',
      TRUE: 'true',
      yes: 'true',
      Y: 'true',
      '1': 'true',
      t: 'true',
      false: 'false',
      No: 'false',
      '0': 'false',
      f: 'false',
      '2': 'refused',
      on: 'refused',
      ja: 'refused',
    };
    expect(await fates('boolean', Object.keys(expected))).toEqual(expected);
  });
});

describe('strings', () => {
  it('keep every character', async () => {
    const texts = [
      '001',
      ' padded ',
      'NULL',
      'NA',
      'a"b',
      'line\nbreak',
      'crlf\r\nbreak',
      '🛫 東京',
      '=1+1',
      "'; DROP TABLE t; --",
    ];
    expect(await fates('string', texts)).toEqual(Object.fromEntries(texts.map(text => [text, text])));
  });
});

describe('dates', () => {
  it('are read undeclared in every form that is unambiguous', async () => {
    const expected = {
      '2026-01-05': '2026-01-05',
      '2026-1-5': '2026-01-05',
      '2026/1/05': '2026-01-05',
      '05.01.2026': '2026-01-05',
      '2026年1月5日': '2026-01-05',
      '2024-02-29': '2024-02-29',
      '2026-01-05T00:00:00': '2026-01-05',
      '2026-01-05 00:00': '2026-01-05',
      '2026-02-29': 'refused',
      '2026-02-30': 'refused',
      '2026-13-01': 'refused',
      '31.04.2026': 'refused',
      '2026-01-05 10:00': 'refused',
      '01/02/2026': 'refused',
      '20260105': 'refused',
      '26-01-05': 'refused',
      '0026-01-05': 'refused',
      infinity: 'refused',
      '2026-01-05 (BC)': 'refused',
      epoch: 'refused',
      today: 'refused',
      '1767571200': 'refused',
    };
    expect(await fates('date', Object.keys(expected))).toEqual(expected);
  });

  it('are read in the declared form only', async () => {
    const dayFirst = {
      '05/01/2026': '2026-01-05',
      '5.1.2026': '2026-01-05',
      '31-12-2026': '2026-12-31',
      '2026-01-05': 'refused',
      '12/31/2026': 'refused',
    };
    expect(await fates('date', Object.keys(dayFirst), { dates: 'day-first' })).toEqual(dayFirst);
    const monthFirst = { '01/05/2026': '2026-01-05', '12/31/2026': '2026-12-31', '31/12/2026': 'refused' };
    expect(await fates('date', Object.keys(monthFirst), { dates: 'month-first' })).toEqual(monthFirst);
    const iso = { '2026-01-05': '2026-01-05', '2026/01/05': 'refused', '05.01.2026': 'refused' };
    expect(await fates('date', Object.keys(iso), { dates: 'iso' })).toEqual(iso);
    const yearFirst = { '2026.1.5': '2026-01-05', '2026/01/05': '2026-01-05', '05.01.2026': 'refused' };
    expect(await fates('date', Object.keys(yearFirst), { dates: 'year-first' })).toEqual(yearFirst);
    const japanese = { '2026年12月31日': '2026-12-31', '2026-12-31': 'refused' };
    expect(await fates('date', Object.keys(japanese), { dates: 'japanese' })).toEqual(japanese);
    const epoch = {
      '1767571200': '2026-01-05',
      '-86400': '1969-12-31',
      '1767571201': 'refused',
      '2026-01-05': 'refused',
    };
    expect(await fates('date', Object.keys(epoch), { dates: 'epoch-seconds' })).toEqual(epoch);
  });
});

describe('timestamps', () => {
  it('are UTC unless they say otherwise', async () => {
    const expected = {
      '2026-01-05 10:20:30': '2026-01-05 10:20:30',
      '2026-01-05T10:20:30': '2026-01-05 10:20:30',
      '2026-01-05T10:20': '2026-01-05 10:20:00',
      '2026-01-05 1:20:30.123456': '2026-01-05 01:20:30.123456',
      '2026-01-05T10:20:30,5': '2026-01-05 10:20:30.5',
      '2026-01-05': '2026-01-05 00:00:00',
      '2026/01/05 10:20': '2026-01-05 10:20:00',
      '05.01.2026 10:20': '2026-01-05 10:20:00',
      '2026年1月5日 10時20分': '2026-01-05 10:20:00',
      '2026年1月5日10時2分3秒': '2026-01-05 10:02:03',
      '2026-01-05T10:20:30Z': '2026-01-05 10:20:30',
      '2026-01-05T10:20:30+09:00': '2026-01-05 01:20:30',
      '2026-01-05 10:20:30 +0900': '2026-01-05 01:20:30',
      '2026-01-05 10:20:30-05': '2026-01-05 15:20:30',
      '2026-01-05T00:30:00+05:45': '2026-01-04 18:45:00',
      '2026-01-05 25:00:00': 'refused',
      '2026-01-05 10:60': 'refused',
      '2026-01-05 10:20:61': 'refused',
      '2026-02-30 10:20:30': 'refused',
      '2026-01-05 10': 'refused',
      '2026-01-05 10:20:30 Europe/Berlin': 'refused',
      '2026-01-05 10:20 PM': 'refused',
      infinity: 'refused',
      now: 'refused',
      '1767571200': 'refused',
    };
    expect(await fates('timestamp', Object.keys(expected))).toEqual(expected);
  });

  it('are counted from 1970 where declared', async () => {
    const seconds = {
      '1767608430': '2026-01-05 10:20:30',
      '1767608430.25': '2026-01-05 10:20:30.25',
      '-1': '1969-12-31 23:59:59',
      '1e9': 'refused',
    };
    expect(await fates('timestamp', Object.keys(seconds), { dates: 'epoch-seconds' })).toEqual(seconds);
    const milliseconds = { '1767608430123': '2026-01-05 10:20:30.123', '0': '1970-01-01 00:00:00' };
    expect(await fates('timestamp', Object.keys(milliseconds), { dates: 'epoch-milliseconds' })).toEqual(
      milliseconds,
    );
  });

  it('are local in a declared zone, with the gap refused and the fold decided', async () => {
    const zone = { timezone: 'Europe/Berlin' };
    const texts = {
      '2026-01-05 10:00:00': '2026-01-05 09:00:00',
      '2026-07-05 10:00:00': '2026-07-05 08:00:00',
      '2026-03-29 01:59:59': '2026-03-29 00:59:59',
      '2026-03-29 02:30:00': 'refused',
      '2026-03-29 03:00:00': '2026-03-29 01:00:00',
      '2026-10-25 01:59:59': '2026-10-24 23:59:59',
      '2026-10-25 03:00:00': '2026-10-25 02:00:00',
      '2026-10-25T02:30:00+01:00': '2026-10-25 01:30:00',
    };
    const fold = '2026-10-25 02:30:00';
    expect(await fates('timestamp', [...Object.keys(texts), fold], zone)).toEqual({
      ...texts,
      [fold]: 'refused',
    });
    expect(await fates('timestamp', [fold], { ...zone, ambiguous: 'earlier' })).toEqual({
      [fold]: '2026-10-25 00:30:00',
    });
    expect(await fates('timestamp', [fold], { ...zone, ambiguous: 'later' })).toEqual({
      [fold]: '2026-10-25 01:30:00',
    });
  });

  it('know zones whose clocks move by half an hour, and zones south of the equator', async () => {
    const lordHowe = { timezone: 'Australia/Lord_Howe' };
    const texts = {
      '2026-04-05 01:29:00': '2026-04-04 14:29:00',
      '2026-04-05 01:45:00': 'refused',
      '2026-04-05 02:00:00': '2026-04-04 15:30:00',
      '2026-10-04 02:15:00': 'refused',
      '2026-10-04 02:30:00': '2026-10-03 15:30:00',
    };
    expect(await fates('timestamp', Object.keys(texts), lordHowe)).toEqual(texts);
    expect(await fates('timestamp', ['2026-01-05 09:00:00'], { timezone: 'Asia/Tokyo' })).toEqual({
      '2026-01-05 09:00:00': '2026-01-05 00:00:00',
    });
  });

  it('name the rule for times that the clocks skip or repeat', async () => {
    const contract = { read: { timezone: 'Europe/Berlin' }, columns: { at: { type: 'timestamp' } } };
    expect(await outcome('at\n2026-03-29 02:30\n2026-10-25 02:30\n2026-02-30 00:00\n', contract)).toEqual({
      reasons: [
        ['at.type', 1, [4]],
        ['at.timezone', 2, [2, 3]],
      ],
    });
  });
});
