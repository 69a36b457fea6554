import {
  type DuckDBConnection,
  DuckDBListValue,
  type DuckDBPreparedStatement,
  type DuckDBValue,
  INTEGER,
  LIST,
} from '@duckdb/node-api';
import { type OpenDuckDb, openDuckDb } from '../../data/duckdb.ts';
import type { Column } from '../../data/features/columns.ts';
import { ROWS } from '../../data/features/examples-query.ts';
import { featuresQuery, REQUEST_ROW } from '../../data/features/request-query.ts';
import type { TabularSection } from '../../data/features/tabular-section.ts';
import { parquetRows } from '../../data/parquet-rows.ts';
import { identifier } from '../../data/quote.ts';
import { SQL_TYPES } from '../../data/upload/contract/sql-types.ts';
import { plainSentence } from '../../data/upload/reading/plain-sentence.ts';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { messageOf } from '../../telemetry/errors.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import { type ColumnCheck, columnChecks } from './column-checks.ts';
import { DUCKDB_TYPES, duckDbValue } from './duckdb-value.ts';
import type { ComputedFeatures } from './features.ts';
import type { InputRows } from './input-rows.ts';
import { categoricalColumn } from './plain-features.ts';
import { MOST_PROBLEMS, type RequestProblem, refusedFor } from './refusal.ts';
import { shownValue } from './value.ts';

/** The function has 3008 MB; the rest is for Node, and for a second such while tables are loaded anew. */
const MEMORY = '1100MB';

interface ReadyCheck extends ColumnCheck {
  /** Of a reference: the values of the column that is referred to. */
  readonly allowed: ReadonlySet<string> | undefined;
}

const relationOf = (table: string): string => identifier(`table ${table}`);

/** The query of the features, prepared in a DuckDB of its own that holds the joined tables. */
export class WarmQuery {
  readonly #duckdb: OpenDuckDb;
  readonly #statement: DuckDBPreparedStatement;
  readonly #artifact: PredictorArtifact;
  readonly #needed: readonly string[];
  readonly #checks: readonly ReadyCheck[];
  #users = 0;
  #retired = false;

  private constructor(
    duckdb: OpenDuckDb,
    statement: DuckDBPreparedStatement,
    artifact: PredictorArtifact,
    needed: readonly string[],
    checks: readonly ReadyCheck[],
  ) {
    this.#duckdb = duckdb;
    this.#statement = statement;
    this.#artifact = artifact;
    this.#needed = needed;
    this.#checks = checks;
  }

  /** Tables that have to be at hand. */
  static tables(section: TabularSection, needed: readonly string[]): string[] {
    const joined = section.examples.joins.map(({ table }) => table);
    const checked = columnChecks(section, needed).flatMap(({ reference }) => reference?.table ?? []);
    return [...new Set([...joined, ...checked])];
  }

  /**
   * Loads tables and prepares the query.
   * @param needed Columns of the base table that features and joins look at.
   * @param keys Keys of the Parquet files of each table.
   */
  static async open(
    data: ObjectStore,
    artifact: PredictorArtifact,
    needed: readonly string[],
    keys: ReadonlyMap<string, readonly string[]>,
  ): Promise<WarmQuery> {
    const { section, features } = artifact;
    await using files = await materializeAll(data, [...keys.values()].flat());
    const pathOf = new Map([...keys.values()].flat().map((key, i) => [key, files.paths[i] ?? '']));
    using opened = new DisposableStack();
    // One thread: of a single row there is nothing to share out.
    const duckdb = opened.use(await openDuckDb({ paths: files.paths, threads: 1, memory: MEMORY }));
    const relations: Record<string, string> = { [ROWS]: askedRelation(section, needed) };
    for (const [table, parts] of keys) {
      const paths = parts.map(key => pathOf.get(key) ?? '');
      relations[table] = relationOf(table);
      await duckdb.connection.run(`CREATE TABLE ${relationOf(table)} AS FROM ${parquetRows(paths)}`);
    }
    const checks: ReadyCheck[] = [];
    for (const check of columnChecks(section, needed)) {
      checks.push({ ...check, allowed: await allowedBy(duckdb.connection, check) });
    }
    const more = Object.fromEntries(checks.map(({ alias, sql }) => [alias, sql]));
    const statement = await duckdb.connection.prepare(featuresQuery(section, relations, features, more));
    opened.move();
    return new WarmQuery(duckdb, statement, artifact, needed, checks);
  }

  /** Closes the DuckDB as soon as nobody computes with it. */
  retire(): void {
    this.#retired = true;
    if (this.#users > 0) return;
    this.#statement.destroySync();
    this.#duckdb[Symbol.dispose]();
  }

  /** @throws RefusedRequest when an expression cannot be computed, a join finds several rows, or a rule is broken. */
  async compute(input: InputRows): Promise<ComputedFeatures> {
    this.#users++;
    try {
      const rows = await this.#run(input, 0, input.rows).catch(error => this.#explain(input, error));
      this.#refuseSeveral(rows, input.rows);
      const { features } = this.#artifact;
      const checked = this.#checked(rows, input, features.length + 1);
      const columns = features.map(({ name, kind }, i): Column => {
        const cells = rows.map(row => row[i + 1]);
        return kind === 'number'
          ? {
              ...{ kind: 'numeric', name },
              values: Float64Array.from(cells, cell => (typeof cell === 'number' ? cell : Number.NaN)),
            }
          : categoricalColumn(name, cells);
      });
      return { columns, warnings: checked };
    } finally {
      this.#users--;
      if (this.#retired && this.#users === 0) this.retire();
    }
  }

  async #run({ columns }: InputRows, from: number, to: number): Promise<DuckDBValue[][]> {
    const statement = this.#statement;
    const numbers = Array.from({ length: to - from }, (_, i) => from + i);
    statement.bindList(1, new DuckDBListValue(numbers), LIST(INTEGER));
    for (const [i, name] of this.#needed.entries()) {
      const type = this.#typeOf(name);
      const values = columns.get(name)?.slice(from, to) ?? numbers.map(() => null);
      statement.bindList(
        i + 2,
        new DuckDBListValue(values.map(value => duckDbValue(type, value))),
        LIST(DUCKDB_TYPES[type]),
      );
    }
    return (await statement.runAndReadAll()).getRows();
  }

  #typeOf(column: string) {
    const { section } = this.#artifact;
    return section.tables[section.examples.base]?.columns[column]?.type ?? 'string';
  }

  /** Left joins never lose rows: a row that is there twice has found two rows of a joined table. */
  #refuseSeveral(rows: readonly DuckDBValue[][], asked: number): void {
    if (rows.length === asked) return;
    const twice = rows.find(([row], i) => rows[i - 1]?.[0] === row)?.[0];
    throw refusedFor([
      {
        row: Number(twice),
        reason: 'a join finds several rows for it; at most one may belong to a row (key: in the contract)',
      },
    ]);
  }

  #checked(rows: readonly DuckDBValue[][], { columns }: InputRows, from: number): RequestProblem[] {
    const broken = this.#checks.flatMap(({ column, severity, expected, allowed }, i) =>
      rows.flatMap((cells, row) => {
        const cell = cells[from + i];
        if (cell === null || (allowed === undefined ? cell !== false : allowed.has(String(cell)))) return [];
        const found = shownValue(this.#typeOf(column), columns.get(column)?.[row] ?? null);
        return [{ severity, problem: { row, field: column, found, reason: expected } }];
      }),
    );
    const errors = broken.filter(({ severity }) => severity === 'error').map(({ problem }) => problem);
    if (errors.length > 0) throw refusedFor(errors.sort((a, b) => a.row - b.row));
    return broken.map(({ problem }) => problem);
  }

  /** Finds out which rows an expression fails for. */
  async #explain(input: InputRows, error: unknown): Promise<never> {
    if (!MISTAKES.test(messageOf(error))) throw error;
    const problems: RequestProblem[] = [];
    for (let row = 0; row < input.rows && problems.length < MOST_PROBLEMS; row++) {
      try {
        await this.#run(input, row, row + 1);
      } catch (reason) {
        problems.push({
          row,
          reason: `its features cannot be computed: ${plainSentence(messageOf(reason))}`,
        });
      }
    }
    throw problems.length > 0 ? refusedFor(problems) : error;
  }
}

async function allowedBy(
  connection: DuckDBConnection,
  { reference }: ColumnCheck,
): Promise<ReadonlySet<string> | undefined> {
  if (reference === undefined) return undefined;
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT ${identifier(reference.column)}::VARCHAR FROM ${relationOf(reference.table)}
     WHERE ${identifier(reference.column)} IS NOT NULL`,
  );
  return new Set(reader.getRows().map(([value]) => String(value)));
}

/** What values of a row can make an expression fail with; anything else is a fault of ours, or of the machine. */
const MISTAKES = /^(Conversion|Invalid Input|Out of Range) Error/;

/** The rows of a request as a relation of parameters: the number of the row, then the columns that are needed. */
function askedRelation({ tables, examples }: TabularSection, needed: readonly string[]): string {
  const columns = Object.entries(tables[examples.base]?.columns ?? {}).map(([name, { type }]) => {
    const at = needed.indexOf(name);
    const value = at === -1 ? `NULL::${SQL_TYPES[type]}` : `unnest($${at + 2}::${SQL_TYPES[type]}[])`;
    return `${value} AS ${identifier(name)}`;
  });
  return `(SELECT ${[`unnest($1::INTEGER[]) AS ${identifier(REQUEST_ROW)}`, ...columns].join(', ')})`;
}
