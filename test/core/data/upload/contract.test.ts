import { describe, expect, it } from 'vitest';
import { uploadReportSchema } from '../../../../core/data/upload/verdict.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import {
  acceptedRows,
  briefly,
  deliver,
  emptyStore,
  outcome,
  parquetOf,
  specOf,
  TIME,
} from './upload-harness.ts';

const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;

describe('rules of a column', () => {
  it('required: a value in every row', async () => {
    const columns = { a: { type: 'integer', required: true }, b: { type: 'string' } };
    expect(await outcome(csv('a,b', '1,x', ',y', '3,', '"",z'), { columns })).toEqual({
      reasons: [['a.required', 2, [3, 5]]],
    });
  });

  it('min and max are inclusive, also for dates and moments', async () => {
    const columns = {
      n: { type: 'integer', min: 1, max: 3 },
      d: { type: 'date', min: '2026-01-02', max: '2026-01-03' },
      m: { type: 'timestamp', min: '2026-01-02T10:00:00Z' },
    };
    expect(
      await outcome(
        csv(
          'n,d,m',
          '1,2026-01-02,2026-01-02 10:00:00',
          '3,2026-01-03,2026-01-02T19:00:00+09:00',
          '0,2026-01-01,2026-01-02 09:59:59',
          '4,2026-01-04,2026-01-02T18:59:59+09:00',
        ),
        { columns },
      ),
    ).toEqual({
      reasons: [
        ['n.min', 1, [4]],
        ['n.max', 1, [5]],
        ['d.min', 1, [4]],
        ['d.max', 1, [5]],
        ['m.min', 2, [4, 5]],
      ],
    });
  });

  it('length counts characters, pattern matches the whole, values are compared by type', async () => {
    const columns = {
      s: { type: 'string', length: { min: 2, max: 3 } },
      p: { type: 'string', pattern: '[A-Z]{3}' },
      v: { type: 'string', values: ['a', "o'b"] },
      i: { type: 'integer', values: [1, 10] },
    };
    expect(
      await outcome(csv('s,p,v,i', '東京,ABC,a,1', '東,ABCD,A,010', "東京都の,abc,o'b,2", ',,,'), {
        columns,
      }),
    ).toEqual({
      reasons: [
        ['s.length', 2, [3, 4]],
        ['p.pattern', 2, [3, 4]],
        ['v.values', 1, [3]],
        ['i.values', 1, [4]],
      ],
    });
  });

  it('tolerates the share of rows that the contract allows, and says so', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => String(i));
    const of = (tolerance: number) => specOf({ columns: { n: { type: 'integer', max: 7, tolerance } } });
    const tolerated = await deliver(csv('n', ...rows), { spec: of(0.2) });
    expect([tolerated.accepted, tolerated.rows, briefly(tolerated.warnings)]).toEqual([
      true,
      { read: 10, accepted: 10, rejected: 0 },
      [['n.max', 2, [10, 11]]],
    ]);
    expect(tolerated.warnings[0]?.found).toBe('2 of 10 rows break this (20 %), which is tolerated');
    expect(briefly((await deliver(csv('n', ...rows), { spec: of(0.19) })).reasons)).toEqual([
      ['n.max', 2, [10, 11]],
    ]);
  });

  it('severity warn accepts the file, but never a value that could not be kept', async () => {
    const columns = { n: { type: 'integer', max: 1, severity: 'warn' } };
    const spec = specOf({ columns });
    const warned = await deliver(csv('n', '1', '2'), { spec });
    expect([warned.accepted, briefly(warned.reasons), briefly(warned.warnings)]).toEqual([
      true,
      [],
      [['n.max', 1, [3]]],
    ]);
    expect(await outcome(csv('n', '1', 'x'), { columns })).toEqual({ reasons: [['n.type', 1, [3]]] });
  });

  it('shows the first twenty rows with their lines and the values as they stand in the file', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `"${i}\n€"`);
    const verdict = await deliver(csv('n', ...lines), {
      spec: specOf({ columns: { n: { type: 'integer' } } }),
    });
    expect(verdict.reasons).toEqual([
      {
        rule: 'n.type',
        expected: 'whole numbers from -9223372036854775808 to 9223372036854775807',
        found: '30 of 30 rows break this (100 %)',
        rows: 30,
        examples: Array.from({ length: 20 }, (_, i) => ({ row: 2 + 2 * i, value: `${i}\n€` })),
        advice: 'Correct the values in the source, or change the type in the contract.',
      },
    ]);
  });

  it('reports every broken rule at once', async () => {
    const columns = {
      a: { type: 'integer', required: true, min: 0 },
      b: { type: 'date' },
      c: { type: 'string' },
    };
    expect(await outcome(csv('a,b', '-1,2026-02-30', ',x'), { columns, key: 'a', rows: { min: 5 } })).toEqual(
      {
        reasons: [
          ['c.column', 0, []],
          ['a.required', 1, [3]],
          ['a.min', 1, [2]],
          ['b.type', 2, [2, 3]],
          ['rows.min', 0, []],
        ],
      },
    );
  });
});

describe('what a spec asks for', () => {
  it('is reported, not thrown, where the data engine cannot do it', async () => {
    const columns = { s: { type: 'string', pattern: '(?=a).*' }, n: { type: 'integer', min: 2 } };
    const verdict = await deliver(csv('s,n', 'a,1'), { spec: specOf({ columns }) });
    expect(briefly(verdict.reasons)).toEqual([
      ['s.pattern', 0, []],
      ['n.min', 1, [2]],
    ]);
    expect(verdict.reasons[0]?.found).toMatch(/^this cannot be evaluated: .*invalid perl operator/);
  });

  it('is compared by value: bounds between whole numbers, moments in UTC whatever the zone of the machine', async () => {
    const columns = {
      n: { type: 'integer', min: 1.4, max: 1e30 },
      m: { type: 'timestamp', min: '2026-01-02 10:00', max: '2026-01-02T12:00:00+01:00' },
    };
    expect(
      await outcome(
        csv('n,m', '1,2026-01-02 10:00', '2,2026-01-02 11:00', '9,2026-01-02 11:01', '5,2026-01-02 09:59'),
        { columns },
      ),
    ).toEqual({
      reasons: [
        ['n.min', 1, [2]],
        ['m.min', 1, [5]],
        ['m.max', 1, [4]],
      ],
    });
  });

  it('may refer to a column of another type, or to a table that is too old to have the column', async () => {
    const spec = specOf(
      { columns: { n: { type: 'integer', references: 'other.code' } } },
      { other: { columns: { code: { type: 'string' } } } },
    );
    const data = emptyStore();
    const before = specOf(
      { columns: { n: { type: 'integer' } } },
      { other: { columns: { name: { type: 'string' } } } },
    );
    await deliver(csv('name', 'x'), { spec: before, data, table: 'other' });
    const unknown = await deliver(csv('n', '1'), { spec, data });
    expect(briefly(unknown.reasons)).toEqual([['n.references', 0, []]]);
    await deliver(csv('code', '1', '2'), { spec, data, table: 'other' });
    expect(briefly((await deliver(csv('n', '1', '2', '3'), { spec, data })).reasons)).toEqual([
      ['n.references', 1, [4]],
    ]);
  });
});

describe('rules of a table', () => {
  it('key and unique: later rows that repeat a value are named', async () => {
    const columns = { a: { type: 'integer' }, b: { type: 'string', unique: true } };
    expect(
      await outcome(csv('a,b', '1,x', '1,y', '2,x', '1,z', ',', ',', '3,x'), { columns, key: ['a'] }),
    ).toEqual({
      reasons: [
        ['b.unique', 2, [4, 8]],
        ['key', 2, [3, 5]],
      ],
    });
    expect(
      await outcome(csv('a,b', '1,x', '1,y', '1,x'), {
        columns: { ...columns, b: { type: 'string' } },
        key: ['a', 'b'],
      }),
    ).toEqual({
      reasons: [['key', 1, [4]]],
    });
  });

  it('references: values of the current parts of another table, with a tolerance', async () => {
    const places = { mode: 'replace', columns: { code: { type: 'string' } } };
    const spec = specOf(
      { columns: { at: { type: 'string', references: 'places.code', tolerance: 0.25 } } },
      { places },
    );
    const data = emptyStore();
    const early = await deliver(csv('at', 'A'), { spec, data });
    expect(early.reasons[0]).toMatchObject({
      rule: 'at.references',
      found: 'table places has no accepted data yet',
    });

    await deliver(csv('code', 'A', 'OLD'), { spec, data, table: 'places', time: '2026-01-01T00:00:00Z' });
    await deliver(csv('code', 'A', 'B', ''), { spec, data, table: 'places', time: '2026-01-02T00:00:00Z' });
    const good = await deliver(csv('at', 'A', 'B', 'A', 'OLD'), { spec, data });
    expect([good.accepted, briefly(good.warnings)]).toEqual([true, [['at.references', 1, [5]]]]);
    const bad = await deliver(csv('at', 'A', 'X', 'Y', '""'), { spec, data });
    expect(briefly(bad.reasons)).toEqual([['at.references', 2, [3, 4]]]);
  });

  it('checks: SQL conditions on the row, where NULL passes and a failing condition is named', async () => {
    const columns = { low: { type: 'number' }, high: { type: 'number' } };
    const check = (sql: string, severity?: string) => ({
      columns,
      checks: [{ name: 'order', sql, ...(severity && { severity }) }],
    });
    const file = csv('low,high', '1,2', '3,2', ',1');
    expect(await outcome(file, check('low <= high'))).toEqual({ reasons: [['checks.order', 1, [3]]] });
    expect(await outcome(file, check('low <= high -- a comment'))).toEqual({
      reasons: [['checks.order', 1, [3]]],
    });
    expect(await outcome(file, check('low <= high', 'warn'))).toMatchObject({
      rows: [
        ['1.0', '2.0'],
        ['3.0', '2.0'],
        [null, '1.0'],
      ],
    });
    expect(await outcome(file, check('low <= top'))).toEqual({ reasons: [['checks.order', 0, []]] });
    expect(await outcome(file, check("error('x') IS NULL"))).toEqual({ reasons: [['checks.order', 0, []]] });
    expect(await outcome(file, check("(SELECT count(*) FROM read_csv('/etc/passwd')) = 0"))).toEqual({
      reasons: [['checks.order', 0, []]],
    });
  });

  it('rows: not too few, not too many', async () => {
    const columns = { n: { type: 'integer' } };
    expect(await outcome(csv('n', '1', '2'), { columns, rows: { min: 3 } })).toEqual({
      reasons: [['rows.min', 0, []]],
    });
    expect(await outcome(csv('n', '1', '2'), { columns, rows: { max: 1 } })).toEqual({
      reasons: [['rows.max', 0, []]],
    });
    expect(await outcome(csv('n', '1', '2'), { columns, rows: { min: 2, max: 2 } })).toEqual({
      rows: [['1'], ['2']],
    });
  });

  it('max_missing and max_duplicates: the largest share that may be', async () => {
    const columns = { n: { type: 'integer', max_missing: 0.5 }, s: { type: 'string' } };
    expect(await outcome(csv('n,s', '1,a', ',b', ',c', ',d'), { columns })).toEqual({
      reasons: [['n.max_missing', 3, [3, 4, 5]]],
    });
    expect(await outcome(csv('n,s', '1,a', '1,b', ',c', ',d'), { columns })).toHaveProperty('rows');
    const repeated = csv('n,s', '1,a', '1,a', '2,', '2,', '3,c');
    expect(await outcome(repeated, { columns, max_duplicates: 0.3 })).toEqual({
      reasons: [['max_duplicates', 2, [3, 5]]],
    });
    expect(await outcome(repeated, { columns, max_duplicates: 0.4 })).toHaveProperty('rows');
  });

  it('freshness: the newest row is not too old when the file arrives', async () => {
    const contract = { time: 'at', freshness: '2 days', columns: { at: { type: 'timestamp' } } };
    expect(TIME).toBe('2026-02-01T09:00:00.000Z');
    expect(await outcome(csv('at', '2026-01-30 09:00:00', ''), contract)).toHaveProperty('rows');
    const verdict = await deliver(csv('at', '2026-01-30 08:59:59'), { spec: specOf(contract) });
    expect(verdict.reasons[0]).toMatchObject({
      rule: 'freshness',
      found: 'the newest row is of 2026-01-30T08:59:59.000Z',
    });
  });

  it('sorted: no row is older than the one before', async () => {
    const contract = { time: 'at', sorted: true, columns: { at: { type: 'date' } } };
    expect(
      await outcome(
        csv('at', '2026-01-01', '2026-01-03', '2026-01-02', '2026-01-02', '2026-01-01'),
        contract,
      ),
    ).toEqual({
      reasons: [['sorted', 2, [4, 6]]],
    });
  });

  it('complete: a row in every period', async () => {
    const contract = { time: 'at', complete: '1 day', columns: { at: { type: 'timestamp' } } };
    expect(
      await outcome(csv('at', '2026-01-02 01:00', '2026-01-01 23:00', '2026-01-03 12:00'), contract),
    ).toHaveProperty('rows');
    const gaps = await deliver(csv('at', '2026-01-01 00:00', '2026-01-03 00:00', '2026-01-07 00:00'), {
      spec: specOf(contract),
    });
    expect(gaps.reasons[0]).toMatchObject({
      rule: 'complete',
      found: '2 gaps: 2026-01-02 00:00, 2026-01-04 00:00 to 2026-01-06 00:00',
    });
    const far = await deliver(csv('at', '1000-01-01 00:00', '9999-12-30 00:00'), {
      spec: specOf({ ...contract, complete: '1 minute' }),
    });
    expect(far.reasons[0]?.found).toMatch(/^1 gap: 1000-01-01 00:01 to 9999-12-29 23:59$/);
  });

  it('complete: days are those of the declared zone', async () => {
    const contract = {
      time: 'at',
      complete: '1 day',
      read: { timezone: 'America/New_York' },
      columns: { at: { type: 'timestamp' } },
    };
    // In UTC these are the evenings of the 5th, 7th and 8th.
    expect(
      await outcome(csv('at', '2026-01-05 18:00', '2026-01-06 19:30', '2026-01-07 18:00'), contract),
    ).toHaveProperty('rows');
    const gap = await deliver(csv('at', '2026-01-05 20:00', '2026-01-07 18:00'), { spec: specOf(contract) });
    expect(gap.reasons[0]?.found).toBe('1 gap: 2026-01-06 00:00');
  });
});

describe('dropping of rows', () => {
  const contract = {
    on_violation: 'drop',
    key: 'id',
    columns: {
      id: { type: 'integer', required: true },
      amount: { type: 'number', min: 0 },
      note: { type: 'string', max_missing: 0.9 },
    },
    checks: [{ name: 'not thirteen', sql: 'id <> 13' }],
  };
  const file = csv(
    'id,amount,note',
    '1,1,a',
    '2,x,"line',
    'break"',
    '1,2,again',
    ',3,nobody',
    '3',
    '13,4,=unlucky()',
    '4,-5,negative',
    '2,6,b',
    '5,7,<b>',
  );

  it('accepts the rest, counts both, and keeps the offending rows with their reasons', async () => {
    const data = emptyStore();
    const verdict = await deliver(file, { spec: specOf(contract), data });
    expect([verdict.accepted, verdict.rows]).toEqual([true, { read: 9, accepted: 3, rejected: 6 }]);
    expect(briefly(verdict.reasons)).toEqual([
      ['file.fields', 1, [7]],
      ['id.required', 1, [6]],
      ['amount.type', 1, [3]],
      ['amount.min', 1, [9]],
      ['checks.not thirteen', 1, [8]],
      ['key', 1, [5]],
    ]);
    // The first row with id 2 is dropped for its amount, so the second one repeats nothing.
    expect(await acceptedRows(data, verdict)).toEqual([
      ['1', '1.0', 'a'],
      ['2', '6.0', 'b'],
      ['5', '7.0', '<b>'],
    ]);
    const rejected = await data.get(dataKeys.quarantined('shop', 't', verdict.sha256, 'rejected-rows.csv'));
    expect(rejected?.body.toString()).toBe(
      csv(
        'antei_row,antei_rules,id,amount,note',
        '3,amount.type,2,x,"line\nbreak"',
        '5,key,1,2,again',
        '6,id.required,,3,nobody',
        "8,checks.not thirteen,13,4,'=unlucky()",
        '9,amount.min,4,-5,negative',
      ),
    );
    const report = await data.get(verdict.report?.json ?? '');
    expect(uploadReportSchema.parse(JSON.parse(report?.body.toString() ?? ''))).toMatchObject({
      accepted: true,
      rows: verdict.rows,
    });
    const raw = await data.get(dataKeys.quarantined('shop', 't', verdict.sha256, 'file.csv'));
    expect(raw?.body.toString()).toBe(file);
  });

  it('rejects the whole file when too little is left, or when the file as such is wrong', async () => {
    expect(await outcome(file, { ...contract, rows: { min: 4 } })).toMatchObject({
      reasons: expect.arrayContaining([['rows.min', 0, []]]),
    });
    expect(await outcome(csv('id,amount,note', 'x,1,a'), contract)).toEqual({
      reasons: [
        ['id.type', 1, [2]],
        ['rows.min', 0, []],
      ],
    });
    expect(await outcome(csv('id,amount', '1,1', 'x,1'), contract)).toMatchObject({
      reasons: [
        ['note.column', 0, []],
        ['id.type', 1, [3]],
      ],
    });
    expect(await outcome('id,amount,note\n1,1,a\n2,2,"b\n3,3,c\n', contract)).toEqual({
      reasons: [['file.open_quote', 1, [3]]],
    });
  });

  it('leaves rows alone that are tolerated or only warned about', async () => {
    const columns = {
      n: { type: 'integer', max: 5, tolerance: 0.5 },
      m: { type: 'integer', max: 5, severity: 'warn' },
    };
    expect(await outcome(csv('n,m', '9,9', '1,1', '2,x'), { on_violation: 'drop', columns })).toEqual({
      rows: [
        ['9', '9'],
        ['1', '1'],
      ],
    });
  });

  it('drops malformed JSON lines and rows of Parquet files by their numbers', async () => {
    const columns = { id: { type: 'integer', min: 2 } };
    const data = emptyStore();
    const json = await deliver('{"id":1}\n{"id":\n{"id":3}\n', {
      spec: specOf({ on_violation: 'drop', columns }),
      data,
      file: 'f.jsonl',
    });
    expect([briefly(json.reasons), await acceptedRows(data, json)]).toEqual([
      [
        ['file.json', 1, [2]],
        ['id.min', 1, [1]],
      ],
      [['3']],
    ]);
    const parquet = await parquetOf('SELECT range AS id FROM range(5)');
    const stored = await deliver(parquet, {
      spec: specOf({ on_violation: 'drop', columns }),
      data,
      file: 'f.parquet',
    });
    expect([briefly(stored.reasons), await acceptedRows(data, stored)]).toEqual([
      [['id.min', 2, [1, 2]]],
      [['2'], ['3'], ['4']],
    ]);
  });
});
