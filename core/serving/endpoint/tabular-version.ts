import type { Column } from '../../data/features/columns.ts';
import { valueAt } from '../../data/series.ts';
import { mostProbable } from '../../evaluation/tabular/most-probable.ts';
import type { TabularVersion } from '../../registry/versions.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type LoadedPredictor, loadPredictor } from '../../training/tabular/load-predictor.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import { boundsOf } from '../prediction-bounds.ts';
import type { FeatureSource } from './features.ts';
import { type InputRows, inputsOf } from './input-rows.ts';
import { plainFeatures } from './plain-features.ts';
import type { RequestProblem } from './refusal.ts';
import type { RowAnswer, ServedVersion } from './served-version.ts';
import { shownValue } from './value.ts';

/** Makes a version that predicts rows ready to answer. */
export async function tabularVersion(
  { data, models }: { readonly data: ObjectStore; readonly models: ObjectStore },
  version: TabularVersion,
  now: Date,
): Promise<ServedVersion> {
  const loaded = await loadPredictor(models, version.model, version.run);
  const { artifact } = loaded;
  const { tables, examples } = artifact.section;
  const contract = tables[examples.base];
  if (contract === undefined) throw new TypeError(`The section has no table "${examples.base}"`);
  const source = plainFeatures(artifact) ?? (await featuresBySql(data, version.model, artifact, now));
  const inputs = inputsOf(contract, source.needed);
  return {
    record: version,
    inputs,
    answer: async (asked, moment) => {
      const input = inputs.read(asked);
      const { columns, warnings } = await source.compute(input, moment);
      const answers = await predictRows(loaded, columns, input.rows);
      const ids = idsOf(artifact, input);
      return {
        rows: answers.map((answer, row) => ({ ...answer, id: ids(row) })),
        warnings: [...input.warnings, ...warnings, ...unseen(loaded, columns)],
      };
    },
    [Symbol.asyncDispose]: async () => {
      await source[Symbol.asyncDispose]();
      await loaded[Symbol.asyncDispose]();
    },
  };
}

/** DuckDB's native library takes longer to load than all else together: only who needs it waits for it. */
async function featuresBySql(
  ...args: [data: ObjectStore, model: string, artifact: PredictorArtifact, now: Date]
): Promise<FeatureSource> {
  const { sqlFeatures } = await import('./sql-features.ts');
  return await sqlFeatures(...args);
}

/** What a model says of rows whose features are known. */
async function predictRows(
  { artifact, predictor }: LoadedPredictor,
  columns: readonly Column[],
  rows: number,
): Promise<Omit<RowAnswer, 'id'>[]> {
  const outputs = await predictor.predict(columns, rows);
  const { question } = artifact.recipe;
  const classes = question.task === 'classification' ? question.classes : undefined;
  const guesses = classes && mostProbable(outputs, rows);
  const bounds = boundsOf(artifact.calibration, outputs, rows);
  return Array.from({ length: rows }, (_, row) => {
    const numbers = outputs.map(values => numberOrNull(valueAt(values, row)));
    return {
      features: Object.fromEntries(columns.map(column => [column.name, featureAt(column, row)])),
      prediction: classes === undefined ? (numbers[0] ?? null) : (classes[guesses?.[row] ?? -1] ?? null),
      ...(classes !== undefined && {
        probabilities: Object.fromEntries(classes.map((name, i) => [name, numbers[i] ?? null])),
      }),
      bounds: Object.fromEntries(bounds.map(([name, values]) => [name, numberOrNull(valueAt(values, row))])),
    };
  });
}

/** Categories that the model takes for missing values, since training has not told them apart. */
function unseen({ predictor }: LoadedPredictor, columns: readonly Column[]): RequestProblem[] {
  return columns.flatMap(column => {
    const known = predictor.categories?.get(column.name);
    if (column.kind === 'numeric' || known === undefined) return [];
    const strange = column.categories.map(category => !known.has(category));
    if (!strange.includes(true)) return [];
    return Array.from(column.codes).flatMap((code, row): RequestProblem[] =>
      strange[code] === true
        ? [
            {
              ...{ row, field: column.name, found: column.categories[code] },
              reason: 'the model was not trained on this category and takes it for a missing value',
            },
          ]
        : [],
    );
  });
}

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

function featureAt(column: Column, row: number): number | string | null {
  if (column.kind === 'numeric') return numberOrNull(valueAt(column.values, row));
  return column.categories[column.codes[row] ?? -1] ?? null;
}

/** The values that name an example, as far as the request has them. */
function idsOf({ section }: PredictorArtifact, { columns }: InputRows): (row: number) => RowAnswer['id'] {
  const contract = section.tables[section.examples.base]?.columns ?? {};
  const named = section.examples.id.flatMap(name => {
    const [values, type] = [columns.get(name), contract[name]?.type];
    return values === undefined || type === undefined ? [] : [{ name, values, type }];
  });
  return row =>
    Object.fromEntries(named.map(({ name, values, type }) => [name, shownValue(type, values[row] ?? null)]));
}
