import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { snapshotDataset } from '../../../core/data/dataset/snapshot-dataset.ts';
import { modelKeys } from '../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { type Attempt, lineageEvent, nameOf, uuidOf } from '../../../core/tracking/lineage-event.ts';
import { abortUnfinished, recordLineage } from '../../../core/tracking/record-lineage.ts';
import { trackCandidate } from '../../../core/tracking/track-candidate.ts';
import { accept, salesCsv, shopSpec, temporaryStores, textOf } from '../../support/forecasting-loop.ts';

/** What the schema of OpenLineage 2-0-2 and of the facets in use requires; facets may hold more. */
const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/);
const facet = z.looseObject({ _producer: uri, _schemaURL: z.url() });
const dataset = z.strictObject({
  ...{ namespace: z.string().min(1), name: z.string().min(1) },
  facets: z.strictObject({ version: facet.extend({ datasetVersion: z.string() }) }),
});
const runEvent = z.strictObject({
  eventType: z.enum(['START', 'COMPLETE', 'FAIL', 'ABORT']),
  eventTime: z.iso.datetime(),
  producer: uri,
  schemaURL: z.literal('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'),
  run: z.strictObject({
    runId: z.uuid(),
    facets: z.strictObject({
      processing_engine: facet.extend({ version: z.string() }),
      errorMessage: facet.extend({ message: z.string(), programmingLanguage: z.string() }).optional(),
    }),
  }),
  job: z.strictObject({
    ...{ namespace: z.string(), name: z.string() },
    facets: z.strictObject({
      jobType: facet.extend({ processingType: z.string(), integration: z.string() }),
    }),
  }),
  inputs: z.array(dataset),
  outputs: z.array(dataset),
});

const time = '2026-04-01T00:00:00.000Z';
const attempt: Attempt = {
  ...{ model: 'sales', job: 'train', variant: 'mstl', run: 'aaaa' },
  ...{ time, codeDigest: 'c0de', node: '24.0.0' },
};

async function eventsOf(models: ObjectStore) {
  const events: (z.output<typeof runEvent> & { key: string })[] = [];
  for await (const { key } of models.list('lineage/')) {
    events.push({ key, ...runEvent.parse(JSON.parse(await textOf(models, key))) });
  }
  return events;
}

describe('lineageEvent', () => {
  test('an event in full', () => {
    const input = { store: { url: 's3://bucket' }, key: 'datasets/sales/d/train.parquet', sha256: 'abc' };
    const event = lineageEvent(attempt, {
      type: 'FAIL',
      after: 1.5,
      inputs: [input],
      error: 'TrainingError: no',
    });
    expect(runEvent.parse(event)).toEqual(event);
    expect(event).toEqual({
      ...{ eventType: 'FAIL', eventTime: '2026-04-01T00:00:01.500Z' },
      ...{ producer: 'pkg:npm/antei?checksum=sha256:c0de' },
      schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
      run: {
        runId: uuidOf('sales aaaa 2026-04-01T00:00:00.000Z'),
        facets: {
          processing_engine: {
            _producer: event.producer,
            _schemaURL:
              'https://openlineage.io/spec/facets/1-1-0/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet',
            ...{ name: 'Node.js', version: '24.0.0' },
          },
          errorMessage: {
            _producer: event.producer,
            _schemaURL:
              'https://openlineage.io/spec/facets/1-0-0/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet',
            ...{ message: 'TrainingError: no', programmingLanguage: 'TypeScript' },
          },
        },
      },
      job: {
        ...{ namespace: 'antei', name: 'sales.train.mstl' },
        facets: {
          jobType: {
            _producer: event.producer,
            _schemaURL:
              'https://openlineage.io/spec/facets/2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet',
            ...{ processingType: 'BATCH', integration: 'ANTEI', jobType: 'TRAINING' },
          },
        },
      },
      inputs: [
        {
          ...{ namespace: 's3://bucket', name: 'datasets/sales/d/train.parquet' },
          facets: {
            version: {
              _producer: event.producer,
              _schemaURL:
                'https://openlineage.io/spec/facets/1-0-0/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet',
              datasetVersion: 'abc',
            },
          },
        },
      ],
      outputs: [],
    });
  });

  test('names follow the naming of OpenLineage', () => {
    expect(nameOf('s3://bucket/', 'a/b')).toEqual({ namespace: 's3://bucket', name: 'a/b' });
    expect(nameOf('file:///data/my%20bucket', 'a/b')).toEqual({
      namespace: 'file',
      name: '/data/my bucket/a/b',
    });
  });

  test('a run id is a UUID of version 8, the same for the same attempt only', () => {
    expect(z.uuid({ version: 'v8' }).parse(uuidOf('a'))).toBe(uuidOf('a'));
    expect(uuidOf('a')).not.toBe(uuidOf('b'));
  });
});

describe('a tracked run', () => {
  async function tracked() {
    const [stores, spec] = [temporaryStores(), shopSpec()];
    await accept(stores, spec, 'sales', salesCsv(['a'], 0, 56), time);
    const { id } = await snapshotDataset({ data: stores.data, spec, time });
    const track = (o = {}) =>
      trackCandidate({
        ...{ ...stores, spec, dataset: id, time, codeDigest: 'c0de' },
        candidate: { trainer: 'mstl', hyperparameters: {} },
        ...o,
      });
    return { stores, track };
  }

  test('has one START and one COMPLETE, from the training data to the model', async () => {
    const { stores, track } = await tracked();
    const run = await track();
    await track();
    await track({ time: '2026-05-01T00:00:00.000Z' });
    const [end, start, ...more] = await eventsOf(stores.models);
    expect(more).toEqual([]);
    expect(start).toMatchObject({ eventType: 'START', eventTime: time, outputs: [] });
    expect(end).toMatchObject({ eventType: 'COMPLETE', run: { runId: start?.run.runId } });
    const named = (dataset: { name: string } | undefined) => dataset?.name.split('/').slice(-4).join('/');
    for (const event of [start, end]) {
      expect(event?.inputs.map(named)).toEqual([
        `datasets/sales/${run.dataset}/train.parquet`,
        `datasets/sales/${run.dataset}/validation.parquet`,
      ]);
    }
    expect(end?.outputs).toHaveLength(1);
    expect(end?.outputs[0]?.name).toMatch(new RegExp(`/runs/sales/${run.id}/model/model\\.json$`));
    expect(run).toMatchObject({
      artifacts: { 'model/model.json': end?.outputs[0]?.facets.version.datasetVersion },
    });
    expect(JSON.parse(await textOf(stores.models, modelKeys.run('sales', run.id, 'spec.json')))).toEqual(
      shopSpec(),
    );
  });

  test('ends with FAIL, and why, where the candidate fails', async () => {
    const { stores, track } = await tracked();
    await track({ candidate: { trainer: 'mstl', hyperparameters: { depth: 1 } } });
    const [end] = await eventsOf(stores.models);
    expect(end?.eventType).toBe('FAIL');
    expect(end?.outputs).toEqual([]);
    expect(end?.run.facets.errorMessage?.message).toBe(
      'TrainingError: Hyperparameters of the trainer mstl: it does not know "depth".',
    );
  });
});

test('what began and did not end is aborted, once, and nothing else is', async () => {
  const { models } = temporaryStores();
  const other = { ...attempt, run: 'bbbb' };
  const measuring: Attempt = { ...attempt, job: 'measure', run: 'dddd' };
  const later = { ...attempt, run: 'cccc', time: '2026-04-02T00:00:00.000Z' };
  for (const one of [attempt, other, later, measuring]) await recordLineage(models, one, { type: 'START' });
  await recordLineage(models, other, { type: 'COMPLETE' });
  const abort = () =>
    abortUnfinished({
      ...{ models, model: 'sales', time, workflow: 'delivery' },
      error: 'States.Timeout: 15 minutes are over',
    });
  expect([await abort(), await abort()]).toEqual([1, 0]);
  // Whoever finishes after all comes too late.
  await recordLineage(models, attempt, { type: 'COMPLETE' });
  const events = await eventsOf(models);
  expect(events.map(({ key, eventType }) => [key.split('-').at(-1), eventType])).toEqual([
    ['aaaa/end.json', 'ABORT'],
    ['aaaa/start.json', 'START'],
    ['bbbb/end.json', 'COMPLETE'],
    ['bbbb/start.json', 'START'],
    // Of another workflow, which has not failed, and of another time.
    ['dddd/start.json', 'START'],
    ['cccc/start.json', 'START'],
  ]);
  expect(events[0]).toMatchObject({
    ...{ producer: 'pkg:npm/antei?checksum=sha256:c0de', job: { name: 'sales.train.mstl' } },
    run: {
      runId: events[1]?.run.runId,
      facets: { errorMessage: { message: 'States.Timeout: 15 minutes are over' } },
    },
  });
});
