import type { ExamplesRecord } from '../../core/data/dataset/examples-record.ts';
import { snapshotExamples } from '../../core/data/dataset/snapshot-examples.ts';
import { evaluateCandidates } from '../../core/evaluation/evaluate-candidates.ts';
import type { PredictionEvaluation } from '../../core/evaluation/evaluation-record.ts';
import { promoteVersion } from '../../core/registry/promote-version.ts';
import { registerVersion, type VersionRecord } from '../../core/registry/versions.ts';
import { specSchema, type TabularSpec } from '../../core/spec/schema.ts';
import { candidatesOf } from '../../core/training/candidates.ts';
import type { RunRecord } from '../../core/training/run-record.ts';
import { trainCandidate } from '../../core/training/train-candidate.ts';
import { accept, type Stores } from './forecasting-loop.ts';

/** Parcels that are sent out: late when they go far, or out of the hub that is slow. */
export function parcelSpec(changes: Record<string, unknown> = {}): TabularSpec {
  const spec = specSchema.parse({
    ...{ name: 'parcels', task: 'classification' },
    tables: {
      parcels: {
        time: 'sent',
        columns: {
          sent: { type: 'timestamp' },
          number: { type: 'integer' },
          hub: { type: 'string' },
          distance: { type: 'number' },
          hours: { type: 'number' },
        },
      },
      hubs: { mode: 'replace', columns: { hub: { type: 'string' }, region: { type: 'string' } } },
    },
    examples: {
      base: 'parcels',
      id: ['number'],
      joins: [{ table: 'hubs', on: 'parcels.hub = hubs.hub' }],
      features: { distance: 'parcels.distance', hub: 'parcels.hub', region: 'hubs.region' },
      target: 'parcels.hours > 39',
    },
    split: { by: 'time', validation: '10 days', test: '10 days' },
    ...changes,
  });
  if (spec.task === 'forecasting') throw new Error('The fixture is a tabular spec.');
  return spec;
}

/** Predicts how many hours a parcel takes. */
export const hoursSpec = (changes: Record<string, unknown> = {}): TabularSpec => {
  const { examples } = parcelSpec();
  return parcelSpec({ task: 'regression', examples: { ...examples, target: 'parcels.hours' }, ...changes });
};

const HUBS = ['ams', 'ber', 'cdg', 'dub'];
export const HUBS_CSV = `hub,region\n${HUBS.map((hub, i) => `${hub},${i < 2 ? 'east' : 'west'}`).join('\n')}\n`;

export const PARCEL_COLUMNS = 'sent,number,hub,distance,hours';
const START = Date.UTC(2026, 0, 1);

/** One line of the table; ten parcels a day. Distances are spread evenly, and hours follow them with a small ripple. */
export function parcel(number: number): string {
  const sent = new Date(START + Math.floor(number / 10) * 86_400_000 + (number % 10) * 3_600_000);
  const distance = (number * 37) % 101;
  const hub = HUBS[(number * 7) % 4] ?? '';
  const hours = 19 + distance / 2 - 15 * Number(hub === 'cdg') + ((number * 13) % 7);
  return `${sent.toISOString()},${number},${hub},${distance},${hours}`;
}

export const parcelsCsv = (from: number, to: number): string =>
  `${[PARCEL_COLUMNS, ...Array.from({ length: to - from }, (_, i) => parcel(from + i))].join('\n')}\n`;

export interface TabularTrained {
  readonly dataset: ExamplesRecord;
  readonly runs: readonly RunRecord[];
}

/** Snapshots the accepted data and trains every candidate of the spec. */
export async function trainExamples(
  stores: Stores,
  spec: TabularSpec,
  time: string,
): Promise<TabularTrained> {
  const dataset = await snapshotExamples({ data: stores.data, spec });
  const runs: RunRecord[] = [];
  for (const candidate of candidatesOf(spec)) {
    const request = { ...stores, spec, dataset: dataset.id, candidate, time, codeDigest: 'code' };
    runs.push(await trainCandidate(request));
  }
  return { dataset, runs };
}

/** Judges the runs. */
export async function evaluateRuns(
  stores: Stores,
  spec: TabularSpec,
  { dataset, runs }: TabularTrained,
  time: string,
): Promise<PredictionEvaluation> {
  const named = runs.map(({ id }) => ({ run: id }));
  const evaluation = await evaluateCandidates({ ...stores, spec, dataset: dataset.id, runs: named, time });
  if (evaluation.task === 'forecasting') throw new Error('The fixture is a tabular spec.');
  return evaluation;
}

/** Accepts hubs and parcels, trains, registers the chosen run whatever the gate says, and promotes it. */
export async function deliverParcels(
  stores: Stores,
  spec: TabularSpec,
  csv: string,
  time: string,
): Promise<{ trained: TabularTrained; evaluation: PredictionEvaluation; version: VersionRecord }> {
  await accept(stores, spec, 'hubs', HUBS_CSV, time);
  await accept(stores, spec, 'parcels', csv, time);
  const trained = await trainExamples(stores, spec, time);
  const evaluation = await evaluateRuns(stores, spec, trained, time);
  const request = { model: spec.name, dataset: trained.dataset.id, run: evaluation.run, time };
  const version = await registerVersion({ ...stores, ...request });
  await promoteVersion({ models: stores.models, model: spec.name, version: version.version, time });
  return { trained, evaluation, version };
}
