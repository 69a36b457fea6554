import { withDuckDb } from '../../core/data/duckdb.ts';
import { parquetRows } from '../../core/data/parquet-rows.ts';
import {
  type Column,
  type Objective,
  predict,
  trainBoosting,
} from '../../core/training/gradient-boosting/index.ts';
import type { PeerCase } from './cases.ts';

export interface PeerResult {
  readonly examples: number;
  /** RMSE for `squared`, the mean deviance for `poisson`, else the mean loss. */
  readonly loss: number;
  /** CPU time of training, all folds together. */
  readonly seconds: number;
}

/** Antei's side of the comparison: predictions of each fold by a model of the others. */
export async function crossValidate(
  path: string,
  { objective, hyperparameters, folds }: PeerCase,
): Promise<PeerResult> {
  const { columns, target, fold } = await load(path);
  let loss = 0;
  let seconds = 0;
  for (let k = 0; k < folds; k++) {
    const training = rowsWhere(fold, other => other !== k);
    const testing = rowsWhere(fold, other => other === k);
    const started = process.cpuUsage();
    const model = trainBoosting({
      columns: take(columns, training),
      target: Float64Array.from(training, row => target[row] ?? Number.NaN),
      ...{ objective, hyperparameters, seed: 1 },
    });
    const { user, system } = process.cpuUsage(started);
    seconds += (user + system) / 1e6;
    const predictions = predict(model, take(columns, testing));
    for (const [i, row] of testing.entries()) {
      const ofExample = predictions.map(values => values[i] ?? Number.NaN);
      loss += lossOf(objective, target[row] ?? Number.NaN, ofExample);
    }
  }
  const mean = loss / target.length;
  return { examples: target.length, loss: objective.kind === 'squared' ? Math.sqrt(mean) : mean, seconds };
}

function lossOf(objective: Objective, target: number, [first = Number.NaN, ...others]: number[]): number {
  const error = target - first;
  switch (objective.kind) {
    case 'squared':
      return error ** 2;
    case 'absolute':
      return Math.abs(error);
    case 'quantile':
      return Math.max(objective.level * error, (objective.level - 1) * error);
    case 'poisson':
      return 2 * ((target === 0 ? 0 : target * Math.log(target / first)) - target + first);
    default:
      return -Math.log(Math.max([first, ...others][target] ?? Number.NaN, 1e-15));
  }
}

function rowsWhere(fold: Float64Array, keep: (fold: number) => boolean): Int32Array {
  return Int32Array.from([...fold.keys()].filter(row => keep(fold[row] ?? -1)));
}

const take = (columns: readonly Column[], rows: Int32Array): Column[] =>
  columns.map(column =>
    column.kind === 'numeric'
      ? { ...column, values: Float64Array.from(rows, row => column.values[row] ?? Number.NaN) }
      : { ...column, codes: Int32Array.from(rows, row => column.codes[row] ?? -1) },
  );

interface Loaded {
  readonly columns: Column[];
  readonly target: Float64Array;
  readonly fold: Float64Array;
}

function load(path: string): Promise<Loaded> {
  return withDuckDb({ paths: [path], threads: 1 }, async connection => {
    const result = await connection.runAndReadAll(`SELECT * FROM ${parquetRows([path])}`);
    const values = new Map(result.columnNames().map((name, i) => [name, result.getColumns()[i] ?? []]));
    const numbers = (name: string): Float64Array =>
      Float64Array.from(values.get(name) ?? [], value => (typeof value === 'number' ? value : Number.NaN));
    const columns = [...values.keys()]
      .filter(name => !['target', 'fold', 'row'].includes(name))
      .map((name): Column => {
        const texts = values.get(name) ?? [];
        if (!texts.some(value => typeof value === 'string'))
          return { kind: 'numeric', name, values: numbers(name) };
        const categories = [...new Set(texts.filter(value => typeof value === 'string'))];
        const codes = new Map<unknown, number>(categories.map((category, code) => [category, code]));
        return {
          kind: 'categorical',
          name,
          categories,
          codes: Int32Array.from(texts, text => codes.get(text) ?? -1),
        };
      });
    return { columns, target: numbers('target'), fold: numbers('fold') };
  });
}
