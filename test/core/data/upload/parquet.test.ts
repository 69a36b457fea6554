import { describe, expect, it } from 'vitest';
import { outcome, parquetOf } from './upload-harness.ts';

/** What becomes of each SQL value as a column of a Parquet file, by contract type. */
async function fates(type: string, values: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const value of values) {
    const bytes = await parquetOf(`SELECT ${value} AS v`);
    const result = await outcome(bytes, { columns: { v: { type } } }, { file: 'file.parquet' });
    found.push(
      `${value}: ${'rows' in result ? result.rows[0]?.[0] : result.reasons.map(([rule, rows]) => `${rule} ${rows}`).join()}`,
    );
  }
  return found;
}

describe('columns of Parquet files', () => {
  it('become whole numbers where nothing is lost', async () => {
    expect(
      await fates('integer', [
        '5::UTINYINT',
        '-5::SMALLINT',
        '9223372036854775807::UBIGINT',
        '9223372036854775808::UBIGINT',
        '7::HUGEINT',
        '5.0::DOUBLE',
        '5.5::FLOAT',
        '5.00::DECIMAL(9,2)',
        '5.01::DECIMAL(9,2)',
        "'007'",
        "'x'",
        'true',
        "DATE '2026-01-01'",
      ]),
    ).toEqual([
      '5::UTINYINT: 5',
      '-5::SMALLINT: -5',
      '9223372036854775807::UBIGINT: 9223372036854775807',
      '9223372036854775808::UBIGINT: v.type 1',
      '7::HUGEINT: 7',
      '5.0::DOUBLE: 5',
      '5.5::FLOAT: v.type 1',
      '5.00::DECIMAL(9,2): 5',
      '5.01::DECIMAL(9,2): v.type 1',
      "'007': 7",
      "'x': v.type 1",
      'true: v.type 0',
      "DATE '2026-01-01': v.type 0",
    ]);
  });

  it('become numbers, text and booleans', async () => {
    expect(
      await fates('number', ['1.25::DECIMAL(9,2)', '0.5::FLOAT', "'NaN'::DOUBLE", '3', "'1e3'", "BLOB 'x'"]),
    ).toEqual([
      '1.25::DECIMAL(9,2): 1.25',
      '0.5::FLOAT: 0.5',
      "'NaN'::DOUBLE: v.type 1",
      '3: 3.0',
      "'1e3': 1000.0",
      "BLOB 'x': v.type 0",
    ]);
    expect(
      await fates('string', [
        "'001'",
        '7',
        '1.50::DECIMAL(9,2)',
        '0.1::DOUBLE',
        'true',
        "DATE '2026-01-05'",
        "''",
        "UUID '00000000-0000-0000-0000-000000000001'",
        "'b'::ENUM('a', 'b')",
        "TIME '10:00:00'",
      ]),
    ).toEqual([
      "'001': 001",
      '7: 7',
      '1.50::DECIMAL(9,2): 1.50',
      '0.1::DOUBLE: v.type 0',
      'true: true',
      "DATE '2026-01-05': 2026-01-05",
      "'': ",
      "UUID '00000000-0000-0000-0000-000000000001': 00000000-0000-0000-0000-000000000001",
      "'b'::ENUM('a', 'b'): b",
      "TIME '10:00:00': v.type 0",
    ]);
    expect(await fates('boolean', ['true', "'no'", '1'])).toEqual([
      'true: true',
      "'no': false",
      '1: v.type 0',
    ]);
  });

  it('become dates and moments in UTC', async () => {
    expect(
      await fates('date', [
        "DATE '2026-01-05'",
        "TIMESTAMP '2026-01-05 00:00:00'",
        "TIMESTAMP '2026-01-05 00:00:01'",
        "'infinity'::DATE",
        "'2026年1月5日'",
        '20260105',
      ]),
    ).toEqual([
      "DATE '2026-01-05': 2026-01-05",
      "TIMESTAMP '2026-01-05 00:00:00': 2026-01-05",
      "TIMESTAMP '2026-01-05 00:00:01': v.type 1",
      "'infinity'::DATE: v.type 1",
      "'2026年1月5日': 2026-01-05",
      '20260105: v.type 0',
    ]);
    expect(
      await fates('timestamp', [
        "TIMESTAMP_S '2026-01-05 10:00:00'",
        "TIMESTAMP_MS '2026-01-05 10:00:00.123'",
        "TIMESTAMP_NS '2026-01-05 10:00:00.123456'",
        "TIMESTAMPTZ '2026-01-05 10:00:00+09'",
        "DATE '2026-01-05'",
        "'-infinity'::TIMESTAMP",
      ]),
    ).toEqual([
      "TIMESTAMP_S '2026-01-05 10:00:00': 2026-01-05 10:00:00",
      "TIMESTAMP_MS '2026-01-05 10:00:00.123': 2026-01-05 10:00:00.123",
      "TIMESTAMP_NS '2026-01-05 10:00:00.123456': 2026-01-05 10:00:00.123456",
      "TIMESTAMPTZ '2026-01-05 10:00:00+09': 2026-01-05 01:00:00",
      "DATE '2026-01-05': 2026-01-05 00:00:00",
      "'-infinity'::TIMESTAMP: v.type 1",
    ]);
  });

  it('hold local times where the contract declares a zone', async () => {
    const contract = { read: { timezone: 'Europe/Berlin' }, columns: { v: { type: 'timestamp' } } };
    const local = await parquetOf("SELECT TIMESTAMP '2026-07-01 12:00:00' AS v");
    expect(await outcome(local, contract, { file: 'f.parquet' })).toEqual({
      rows: [['2026-07-01 10:00:00']],
    });
    const zoned = await parquetOf("SELECT TIMESTAMPTZ '2026-07-01 12:00:00+00' AS v");
    expect(await outcome(zoned, contract, { file: 'f.parquet' })).toEqual({
      rows: [['2026-07-01 12:00:00']],
    });
    const gap = await parquetOf("SELECT TIMESTAMP '2026-03-29 02:30:00' AS v");
    expect(await outcome(gap, contract, { file: 'f.parquet' })).toEqual({
      reasons: [['v.timezone', 1, [1]]],
    });
  });
});
