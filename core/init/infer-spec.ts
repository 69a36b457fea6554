import { type ExamplesInference, inferExamplesSpec } from './infer-examples-spec.ts';
import { inferSeriesSpec, type SeriesInference } from './infer-series-spec.ts';
import { likelyTarget } from './likely-target.ts';
import { type NamedFile, withTables } from './read-tables.ts';
import { findTarget } from './target.ts';

/** A spec that was inferred from sample files. */
export type Inference = SeriesInference | ExamplesInference;

/**
 * Infers a spec from one sample file for each table: of a model that predicts a column where one is wanted, or where a
 * column shows by its name that it is an outcome; else of a forecast. The same files always give the same text, and
 * `parseSpec` accepts it.
 * @param wanted Name of the column to predict, with its table where several have it.
 * @throws InferenceError when a file cannot be read, when the wanted column cannot be predicted, or when the files show
 *   neither an outcome nor a time.
 */
export const inferSpec = (name: string, files: readonly NamedFile[], wanted?: string): Promise<Inference> =>
  withTables(files, async (connection, found) => {
    const target = wanted === undefined ? likelyTarget(name, found) : findTarget(found.tables, wanted);
    return target === undefined
      ? await inferSeriesSpec(connection, name, found)
      : await inferExamplesSpec(connection, name, found, target);
  });
