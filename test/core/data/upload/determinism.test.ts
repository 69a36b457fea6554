import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import { rowRules } from '../../../../core/data/upload/contract/row-rules.ts';
import { countOf } from '../../../../core/data/upload/contract/staged.ts';
import { typedRows } from '../../../../core/data/upload/contract/typed-rows.ts';
import { delimitedSource } from '../../../../core/data/upload/reading/delimited.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { deliver, emptyStore, parquetOf, specOf } from './upload-harness.ts';

const contract = {
  columns: {
    id: { type: 'integer' },
    at: { type: 'timestamp' },
    shop: { type: 'string' },
    price: { type: 'number' },
    paid: { type: 'boolean' },
  },
};

/** Several row groups, with runs, repeats and gaps, so that the writer has choices to make. */
const ROWS = `SELECT i AS id, TIMESTAMP '2026-01-01' + INTERVAL (i * 7) SECOND AS at, 'shop-' || (i * 7919 % 211) AS shop,
  CASE WHEN i % 17 <> 0 THEN round((i * 104729 % 99991) / 100.0, 2) END AS price, (i // 40000) % 2 = 0 AS paid
  FROM range(300000) AS t(i)`;

const text = async (): Promise<string> => {
  const path = join(temporaryDirectory(), 'rows.csv');
  await withDuckDb({ paths: [path] }, connection =>
    connection.run(`COPY (${ROWS}) TO ${literal(path)} (FORMAT csv, HEADER)`),
  );
  return readFileSync(path, 'utf8');
};

/** Validates in a process of its own, where DuckDB has so many threads; prints the hash of the accepted part. */
function partInOwnProcess(bytes: Buffer, file: string, on_violation: string, threads: number): string {
  const directory = temporaryDirectory();
  const url = pathToFileURL(directory).href;
  const program = join(directory, 'program.mjs');
  const core = pathToFileURL(`${process.cwd()}/core/`).href;
  writeFileSync(join(directory, 'bytes'), bytes);
  writeFileSync(
    program,
    `import { readFileSync } from 'node:fs';
     import { validateUpload } from '${core}data/upload/validate-upload.ts';
     import { openStore } from '${core}storage/open-store.ts';
     import { specSchema } from '${core}spec/schema.ts';
     const spec = specSchema.parse(${JSON.stringify(specOf({ ...contract, on_violation }))});
     const data = openStore('${url}/store/');
     const key = 'incoming/shop/t/${file}';
     await data.put(key, readFileSync(new URL('bytes', '${url}/')));
     const verdict = await validateUpload({ data, spec, key, time: '2026-02-01T00:00:00Z', threads: ${threads} });
     console.log(verdict.part ?? JSON.stringify(verdict.reasons));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return stdout.trim();
}

describe('the order of rows', () => {
  it('is kept by every conversion and rule: no plan holds a join', async () => {
    const values = Array.from({ length: 50 }, (_, i) => `v${i}`);
    const { tables } = specOf({
      read: { timezone: 'Asia/Tokyo' },
      columns: {
        s: { type: 'string', values, length: { max: 9 }, pattern: 'v.*' },
        i: { type: 'integer', values: values.map((_, i) => i) },
        n: { type: 'number' },
        b: { type: 'boolean' },
        d: { type: 'date' },
        m: { type: 'timestamp' },
      },
    });
    if (tables.t === undefined) throw new Error('no table');
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, 's,i,n,b,d,m\n');
    const text = { path, start: 0 };
    const source = await delimitedSource(
      text,
      Object.keys(tables.t.columns),
      { ambiguous: 'later' },
      temporaryDirectory(),
      true,
    );
    const { rows } = typedRows(tables.t, source);
    const broken = rowRules(rows).map((rule, i) => `${rule.broken} AS b${i}`);
    await withDuckDb({ paths: [path] }, async connection => {
      const plan = await connection.runAndReadAll(
        `EXPLAIN SELECT *, ${broken.join(', ')} FROM (${rows.select()})`,
      );
      const text = JSON.stringify(plan.getRowsJson());
      expect(text).toContain('READ_CSV');
      expect(text).not.toMatch(/JOIN|HASH_GROUP|CHUNK/);
    });
  });

  it('survives a file that is read in several pieces at once', async () => {
    const columns = { id: { type: 'integer' }, paid: { type: 'boolean' }, note: { type: 'string' } };
    const filler = 'x'.repeat(800);
    const lines = Array.from({ length: 100_000 }, (_, i) => `${i},${i % 2 === 0},${filler}`);
    const file = `id,paid,note\n${lines.join('\n')}\n`;
    // DuckDB reads pieces of 16 MiB.
    expect(file.length).toBeGreaterThan(4 * 16 * 1024 ** 2);
    const parts: (string | undefined)[] = [];
    for (const threads of [1, 2, 4]) {
      const data = emptyStore();
      const verdict = await deliver(file, { spec: specOf({ columns }), data, threads });
      parts.push(verdict.part);
      await using object = await data.materialize(dataKeys.acceptedPart('shop', 't', verdict.part ?? ''));
      await withDuckDb({ paths: [object.path] }, async connection => {
        const moved = await countOf(
          connection,
          `SELECT count(*) FILTER (id <> file_row_number) AS n FROM read_parquet(${literal(object.path)}, file_row_number = true)`,
        );
        expect([threads, moved]).toEqual([threads, 0]);
      });
    }
    expect(parts).toEqual([parts[0], parts[0], parts[0]]);
  });
});

describe('the bytes of accepted parts', () => {
  it('are the same in any process, with any number of threads, plain or compressed', async () => {
    const csv = Buffer.from(await text());
    const parts = [
      partInOwnProcess(csv, 'rows.csv', 'reject', 1),
      partInOwnProcess(csv, 'rows.csv', 'reject', 2),
      partInOwnProcess(csv, 'other-name.csv', 'reject', 5),
      partInOwnProcess(gzipSync(csv), 'rows.csv.gz', 'reject', 3),
    ];
    expect(parts[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(parts)).toEqual(new Set([parts[0]]));
  });

  it('are the same for Parquet, and where rows were dropped', async () => {
    const parquet = await parquetOf(ROWS);
    const whole = [1, 2, 4].map(threads => partInOwnProcess(parquet, 'rows.parquet', 'reject', threads));
    expect(whole[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(whole)).toEqual(new Set([whole[0]]));
    const withFlaws = await parquetOf(
      `SELECT * REPLACE (CASE WHEN id % 1000 < 3 THEN 'x' ELSE CAST(id AS VARCHAR) END AS id) FROM (${ROWS})`,
    );
    const left = [1, 2, 4].map(threads => partInOwnProcess(withFlaws, 'rows.parquet', 'drop', threads));
    expect(left[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(left)).toEqual(new Set([left[0]]));
  });

  it('make a second delivery of the same file the same objects, and a later one the newest of a replace table', async () => {
    const data = emptyStore();
    const spec = specOf({ ...contract, mode: 'replace' });
    const file = 'id,at,shop,price,paid\n1,2026-01-01 00:00:00,a,1.5,true\n';
    const listed = async () => {
      const found: string[] = [];
      for await (const { key } of data.list(''))
        found.push(`${key} ${(await data.get(key))?.body.toString('latin1')}`);
      return found;
    };
    const first = await deliver(file, { spec, data });
    const once = await listed();
    expect(await deliver(file, { spec, data })).toEqual(first);
    expect(await listed()).toEqual(once);
  });
});
