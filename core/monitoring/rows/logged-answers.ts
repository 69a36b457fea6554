import type { Column } from '../../data/features/columns.ts';
import type { AnsweredEntry } from '../../serving/prediction-log.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import type { Question } from '../../training/tabular/question.ts';
import type { WindowRows } from '../drift/measure-row-drift.ts';
import type { AskedId } from './observe-rows.ts';

/** What a version was asked and answered, in columns. */
export interface Answers {
  readonly rows: number;
  readonly ids: readonly AskedId[];
  /** As a predictor gives them; NaN where it gave none. */
  readonly outputs: readonly Float64Array[];
  /** Of the prediction log alone: what the version saw, and when. */
  readonly seen?: WindowRows;
}

/** The version that most of the answers are of; of equal ones the newest. Undefined without answers. */
export function answeringVersion(answers: readonly AnsweredEntry[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { version } of answers) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || b - a)[0]?.[0];
}

/** Entries of the prediction log as answers of one version. Of several for one id the last counts. */
export function loggedAnswers(
  entries: readonly AnsweredEntry[],
  version: number,
  { section, features, recipe: { question } }: PredictorArtifact,
): Answers {
  const byId = new Map<string, AnsweredEntry>();
  for (const entry of entries.filter(entry => entry.version === version)) {
    const id = idOf(section.examples.id, entry);
    // Without an id nothing can be joined, and no answer stands for another.
    byId.set(id === undefined ? JSON.stringify([entry.request, entry.row]) : JSON.stringify([id]), entry);
  }
  const own = [...byId.values()];
  return {
    rows: own.length,
    ids: own.map(entry => idOf(section.examples.id, entry) ?? section.examples.id.map(() => null)),
    outputs: outputsOf(question, own),
    seen: seenRows(own, features),
  };
}

/** What the version saw, by those entries that say it. */
function seenRows(entries: readonly AnsweredEntry[], features: PredictorArtifact['features']): WindowRows {
  const whole = entries.filter(({ shortened }) => shortened !== true);
  return {
    rows: whole.length,
    moments: Float64Array.from(whole, ({ time }) => Date.parse(time)),
    columns: features.map(({ name, kind }): Column => {
      const values = whole.map(({ features: given }) => given[name] ?? null);
      if (kind === 'number') {
        const number = (value: string | number | null): number =>
          typeof value === 'number' ? value : Number.NaN;
        return { kind: 'numeric', name, values: Float64Array.from(values, number) };
      }
      const categories = [...new Set(values.flatMap(value => (value === null ? [] : String(value))))].sort();
      const places = new Map(categories.map((category, i) => [category, i]));
      const codes = Int32Array.from(values, value =>
        value === null ? -1 : (places.get(String(value)) ?? -1),
      );
      return { kind: 'categorical', name, categories, codes };
    }),
  };
}

/** The values of an id in the order of the spec; undefined where the request did not have them. */
function idOf(names: readonly string[], { id }: AnsweredEntry): AskedId | undefined {
  if (names.some(name => id[name] === undefined)) return undefined;
  return names.map(name => (id[name] === null ? null : String(id[name])));
}

function outputsOf(question: Question, entries: readonly AnsweredEntry[]): Float64Array[] {
  const number = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
  if (question.task === 'regression')
    return [Float64Array.from(entries, ({ prediction }) => number(prediction))];
  return question.classes.map(name =>
    Float64Array.from(entries, ({ probabilities }) => number(probabilities?.[name])),
  );
}
