import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../data/quote.ts';
import { valueAt } from '../data/series.ts';
import { mostProbable } from '../evaluation/tabular/most-probable.ts';
import { BOUND_COLUMNS, PREDICTION_COLUMN } from '../spec/forecast-columns.ts';
import type { PredictorArtifact } from '../training/tabular/predictor-artifact.ts';
import { boundsOf } from './prediction-bounds.ts';

/** A column that an answer adds to those of the request. */
export interface AnswerColumn {
  readonly name: string;
  /** SQL over `predictions AS p`. */
  readonly sql: string;
}

/**
 * The columns of an answer: of a regression the prediction and its intervals, of a classification the most probable
 * class and the probability of each.
 */
export function answerColumns({ recipe: { question } }: PredictorArtifact): AnswerColumn[] {
  if (question.task === 'regression') {
    const bounds = BOUND_COLUMNS.map(name => ({ name, sql: `p.${name}` }));
    return [{ name: PREDICTION_COLUMN, sql: 'p.output_0' }, ...bounds];
  }
  const taken = new Set<string>();
  // DuckDB ignores case in names: the probabilities of "a" and "A" need names that differ otherwise.
  const claim = (name: string): string => {
    if (taken.has(name.toLowerCase())) return claim(`${name}_`);
    taken.add(name.toLowerCase());
    return name;
  };
  return [
    { name: PREDICTION_COLUMN, sql: `[${question.classes.map(literal).join(', ')}][p.guess]` },
    ...question.classes.map((name, i) => ({ name: claim(`probability_${name}`), sql: `p.output_${i}` })),
  ];
}

/**
 * Makes the table `predictions`: `o`, the number of the row from 1; `output_<i>`, what the model gives; for a regression
 * the bounds of its intervals; for a classification `guess`, the number of the most probable class from 1.
 */
export async function createPredictions(
  connection: DuckDBConnection,
  { calibration }: PredictorArtifact,
  outputs: readonly Float64Array[],
  rows: number,
): Promise<void> {
  const columns: [string, Float64Array][] = [
    ...outputs.map((values, i): [string, Float64Array] => [`output_${i}`, values]),
    ...boundsOf(calibration, outputs, rows),
  ];
  const guesses = mostProbable(outputs, rows);
  const declared = columns.map(([name]) => `${name} DOUBLE`);
  await connection.run(`CREATE TEMP TABLE predictions (o INTEGER, guess INTEGER, ${declared.join(', ')})`);
  const appender = await connection.createAppender('predictions');
  for (let row = 0; row < rows; row++) {
    appender.appendInteger(row + 1);
    appender.appendInteger((guesses[row] ?? 0) + 1);
    for (const [, values] of columns) {
      const value = valueAt(values, row);
      if (Number.isNaN(value)) appender.appendNull();
      else appender.appendDouble(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}
