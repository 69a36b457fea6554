import type { DuckDBConnection } from '@duckdb/node-api';
import { durationOf, type ForecastingSpec } from '../../spec/schema.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier, literal } from '../quote.ts';
import type { Series } from '../series.ts';
import { runSpecSql } from '../spec-sql.ts';
import { collectSeries } from './collect-series.ts';
import { type Grid, periodOf, periodSql, startOfPeriod, timeOfStep } from './grid.ts';
import { lastPeriodIsIncomplete, type ObservedPeriod } from './incomplete-period.ts';

/** The most values that series may have together: 160 MB. A wrong date far away would ask for more. */
const MOST_VALUES = 20_000_000;

/** Text of a key column that has no value: such rows are a series of their own. */
const NULL_KEY = 'null';

/** Names that no contract's column collides with: these tables have no other columns. */
const keyColumn = (_: string, i: number): string => `key_${i}`;

/** The time grid of a table. */
export interface TableGrid extends Grid {
  /** A last period whose data evidently ended early; it is not in the grid. */
  readonly incomplete?: ObservedPeriod;
}

/** The table of a spec's series, as SQL over the Parquet files of its parts. */
export class SeriesTable {
  readonly #connection: DuckDBConnection;
  readonly #spec: ForecastingSpec;
  readonly #from: string;
  readonly #time: string;

  /** @param paths Files of the parts; their order decides in which order rows reach an aggregate. */
  constructor(connection: DuckDBConnection, spec: ForecastingSpec, paths: readonly string[]) {
    this.#connection = connection;
    this.#spec = spec;
    const table = identifier(spec.series.table);
    this.#from = `${parquetRows(paths)} AS ${table}`;
    this.#time = `${table}.${identifier(spec.series.time)}::TIMESTAMP`;
  }

  /**
   * The grid from the first to the last complete period of the table, whatever `series.where` leaves of it.
   * @throws DatasetError when no row has a time.
   */
  async grid(): Promise<TableGrid> {
    const every = durationOf(this.#spec.series.every);
    const result = await this.#connection.runAndReadAll(`
      SELECT epoch_ms(${periodSql(this.#time, every)})::DOUBLE, epoch_ms(max(${this.#time}))::DOUBLE, count(*)::DOUBLE
      FROM ${this.#from} WHERE isfinite(${this.#time}) GROUP BY 1 ORDER BY 1
    `);
    const periods = result.getRowsJS().map(([start, newest, rows]): ObservedPeriod => {
      const period = periodOf(new Date(Number(start)), every);
      return {
        start: new Date(Number(start)),
        end: startOfPeriod(period + 1, every),
        newest: new Date(Number(newest)),
        rows: Number(rows),
      };
    });
    const [first] = periods;
    const last = periods.at(-1);
    if (first === undefined || last === undefined) {
      const { table, time } = this.#spec.series;
      throw new DatasetError(`Table ${table} has no row with a value in its time column "${time}".`);
    }
    const incomplete = lastPeriodIsIncomplete(periods) ? last : undefined;
    // Periods without rows before an incomplete one are over, and empty: they stay in the grid.
    const end = incomplete === undefined ? last.end : last.start;
    const steps = periodOf(end, every) - periodOf(first.start, every);
    return { every, start: first.start, steps, ...(incomplete && { incomplete }) };
  }

  /**
   * The series on the grid, each from its first value on, gaps not filled, sorted by key.
   * @param largest Keep the so many series with the largest sum of values before the given step; equal sums in the
   *   order of their keys.
   * @throws DatasetError when the spec's SQL cannot run.
   */
  async aggregate(
    grid: Grid,
    largest?: { readonly count: number; readonly before: number },
  ): Promise<Series[]> {
    const { by, value, where } = this.#spec.series;
    const key = by.map(keyColumn);
    const table = identifier(this.#spec.series.table);
    const keySql = by.map(
      column => `coalesce(${table}.${identifier(column)}::VARCHAR, ${literal(NULL_KEY)})`,
    );
    const select = [...keySql, periodSql(this.#time, grid.every), `(${value}\n)::DOUBLE`];
    const names = [...key, 'time', 'value'];
    // GROUP BY ALL would make a value that is no aggregate a part of the key.
    const statement = `
      CREATE TEMP TABLE cells AS
      SELECT ${select.map((sql, i) => `${sql} AS ${names[i]}`).join(', ')} FROM ${this.#from}
      WHERE isfinite(${this.#time})
        AND ${this.#time} >= ${timestamp(grid.start)} AND ${this.#time} < ${timestamp(timeOfStep(grid, grid.steps))}
        ${where === undefined ? '' : `AND (${where}\n)`}
      GROUP BY ${[...keySql, ''].map((_, i) => i + 1).join(', ')}
    `;
    await runSpecSql(
      this.#connection,
      statement,
      [
        ...(where === undefined
          ? []
          : [{ path: 'series.where', sql: where, probe: this.#countWhere(where) }]),
        { path: 'series.value', sql: value, probe: statement },
      ],
      this.#from,
    );
    try {
      await this.#connection.run('DELETE FROM cells WHERE value IS NULL OR NOT isfinite(value)');
      if (largest !== undefined && key.length > 0) await this.#keepLargest(key, grid, largest);
      await this.#refuseTooMany(key, grid);
      return await collectSeries(
        this.#connection,
        { from: 'cells', key, time: 'time', value: 'value' },
        grid,
      );
    } finally {
      await this.#connection.run('DROP TABLE cells');
    }
  }

  #countWhere(where: string): string {
    return `SELECT count(*) FROM ${this.#from} WHERE (${where}\n)`;
  }

  async #keepLargest(
    key: readonly string[],
    grid: Grid,
    { count, before }: { readonly count: number; readonly before: number },
  ): Promise<void> {
    const keys = key.join(', ');
    await this.#connection.run(`
      DELETE FROM cells WHERE (${keys}) NOT IN (
        SELECT (${keys}) FROM cells WHERE time < ${timestamp(timeOfStep(grid, before))}
        GROUP BY ${keys} ORDER BY sum(value) DESC, ${keys} LIMIT ${count}
      )
    `);
  }

  async #refuseTooMany(key: readonly string[], grid: Grid): Promise<void> {
    const result = await this.#connection.runAndReadAll(
      `SELECT count(DISTINCT (${['0', ...key].join(', ')})) FROM cells`,
    );
    const series = Number(result.getRowsJS()[0]?.[0]);
    // A time beyond what a Date holds makes the steps NaN, which is refused too.
    if (series * grid.steps <= MOST_VALUES) return;
    const { every } = this.#spec.series;
    throw new DatasetError(
      `${series} series of ${grid.steps} steps of ${every} from ${grid.start.toISOString()} on are more than the ` +
        `${MOST_VALUES} values that a dataset may have. Look for a wrong date in the table (set min and max of its ` +
        'time column), choose a longer series.every, or keep fewer series with series.top.',
    );
  }
}

const timestamp = (time: Date): string => `TIMESTAMP ${literal(time.toISOString().slice(0, -1))}`;
