import type { DuckDBConnection } from '@duckdb/node-api';
import type { ForecastingSpec } from '../../spec/schema.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier, literal } from '../quote.ts';
import type { Series } from '../series.ts';
import { runSpecSql } from '../spec-sql.ts';
import { collectSeries } from './collect-series.ts';
import { type Grid, type GridStep, gridStepOf, periodOf, periodSql, startOfPeriod } from './grid.ts';
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

/**
 * The table of a spec's series, as SQL over the Parquet files of its parts: first its `grid`, then, once, the series on
 * it.
 */
export class SeriesTable {
  readonly #connection: DuckDBConnection;
  readonly #spec: ForecastingSpec;
  readonly #every: GridStep;
  readonly #from: string;
  readonly #time: string;
  readonly #period: string;

  /** @param paths Files of the parts; their order decides in which order rows reach an aggregate. */
  constructor(connection: DuckDBConnection, spec: ForecastingSpec, paths: readonly string[]) {
    this.#connection = connection;
    this.#spec = spec;
    this.#every = gridStepOf(spec);
    const table = identifier(spec.series.table);
    this.#from = `${parquetRows(paths)} AS ${table}`;
    this.#time = `${table}.${identifier(spec.series.time)}::TIMESTAMP`;
    this.#period = periodSql(this.#time, this.#every);
  }

  /**
   * The grid from the first to the last complete period of the table, whatever `series.where` leaves of it.
   * @throws DatasetError when no row has a time, or the spec's SQL cannot run.
   */
  async grid(): Promise<TableGrid> {
    await this.#gather();
    const every = this.#every;
    // Without series.where every row is in a cell, and need not be read again.
    const periods =
      this.#spec.series.where === undefined
        ? 'SELECT period, max(newest), sum(rows) FROM cells'
        : `SELECT ${this.#period}, max(${this.#time}), count(*) FROM ${this.#from} WHERE isfinite(${this.#time})`;
    const result = await this.#connection.runAndReadAll(
      `SELECT period::DOUBLE, epoch_ms(newest)::DOUBLE, rows::DOUBLE
       FROM (${periods} GROUP BY 1) AS t(period, newest, rows) ORDER BY period`,
    );
    const observed = result
      .getRowsJS()
      .map(([period, newest, rows]): ObservedPeriod & { period: number } => ({
        period: Number(period),
        start: startOfPeriod(Number(period), every),
        end: startOfPeriod(Number(period) + 1, every),
        newest: new Date(Number(newest)),
        rows: Number(rows),
      }));
    const [first] = observed;
    const last = observed.at(-1);
    if (first === undefined || last === undefined) {
      const { table, time } = this.#spec.series;
      throw new DatasetError(`Table ${table} has no row with a value in its time column "${time}".`);
    }
    const incomplete = lastPeriodIsIncomplete(observed) ? last : undefined;
    // Periods without rows before an incomplete one are over, and empty: they stay in the grid.
    const end = incomplete === undefined ? last.period + 1 : last.period;
    return { every, start: first.start, steps: end - first.period, ...(incomplete && { incomplete }) };
  }

  /** Fills the table `cells`: one row per series and period that has rows. */
  async #gather(): Promise<void> {
    const { by, value, where } = this.#spec.series;
    const table = identifier(this.#spec.series.table);
    const keySql = by.map(
      column => `coalesce(${table}.${identifier(column)}::VARCHAR, ${literal(NULL_KEY)})`,
    );
    const facts = [`(${value}\n)::DOUBLE`, `max(${this.#time})`, 'count(*)'];
    const select = [...keySql, this.#period, ...facts];
    const names = [...by.map(keyColumn), 'period', 'value', 'newest', 'rows'];
    // GROUP BY ALL would make a value that is no aggregate a part of the key.
    const statement = `
      CREATE TEMP TABLE cells AS
      SELECT ${select.map((sql, i) => `${sql} AS ${names[i]}`).join(', ')} FROM ${this.#from}
      WHERE isfinite(${this.#time}) ${where === undefined ? '' : `AND (${where}\n)`}
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
  }

  /**
   * The series on the grid, each from its first value on, gaps not filled, sorted by key.
   * @param grid As `grid` gave it.
   * @param largest Keep the so many series with the largest sum of values before the given step; equal sums in the
   *   order of their keys.
   * @throws DatasetError when they would have too many values.
   */
  async aggregate(
    grid: Grid,
    largest?: { readonly count: number; readonly before: number },
  ): Promise<Series[]> {
    const key = this.#spec.series.by.map(keyColumn);
    const first = periodOf(grid.start, grid.every);
    try {
      await this.#connection.run(
        `DELETE FROM cells WHERE value IS NULL OR NOT isfinite(value) OR period >= ${first + grid.steps}`,
      );
      if (largest !== undefined && key.length > 0) {
        await this.#keepLargest(key, largest.count, first + largest.before);
      }
      await this.#refuseTooMany(key, grid);
      refuseSkippedPeriod(grid);
      return await collectSeries(
        this.#connection,
        { from: 'cells', key, step: `period - ${first}`, value: 'value' },
        grid,
      );
    } finally {
      await this.#connection.run('DROP TABLE cells');
    }
  }

  #countWhere(where: string): string {
    return `SELECT count(*) FROM ${this.#from} WHERE (${where}\n)`;
  }

  async #keepLargest(key: readonly string[], count: number, end: number): Promise<void> {
    const keys = key.join(', ');
    await this.#connection.run(`
      DELETE FROM cells WHERE (${keys}) NOT IN (
        SELECT (${keys}) FROM cells WHERE period < ${end}
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

/** Clocks that cross the date line leave a day out: no grid can have it. */
function refuseSkippedPeriod(grid: Grid): void {
  if (grid.every.zone === undefined) return;
  const first = periodOf(grid.start, grid.every);
  let start = grid.start;
  for (let step = 1; step <= grid.steps; step++) {
    const next = startOfPeriod(first + step, grid.every);
    if (next <= start) {
      throw new DatasetError(
        `The clocks of ${grid.every.zone} skipped a whole period of ${grid.every.text}, at ${start.toISOString()}. ` +
          'Deliver times in UTC, without read.timezone.',
      );
    }
    start = next;
  }
}
