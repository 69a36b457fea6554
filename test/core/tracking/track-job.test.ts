import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../core/storage/digest.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { DatasetError } from '../../../core/telemetry/errors.ts';
import type { Attempt } from '../../../core/tracking/lineage-event.ts';
import { isTraced, traced } from '../../../core/tracking/traced-store.ts';
import { trackJob } from '../../../core/tracking/track-job.ts';
import { temporaryStores, textOf } from '../../support/forecasting-loop.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const time = '2026-04-01T00:00:00.000Z';
const attempt: Attempt = {
  ...{ model: 'sales', job: 'snapshot', run: 'aaaa', time, codeDigest: 'c0de', node: '24.0.0' },
};

async function eventsOf(models: ObjectStore) {
  const events: { eventType: string; run: { facets: { errorMessage?: { message: string } } } }[] = [];
  for await (const { key } of models.list('lineage/')) events.push(JSON.parse(await textOf(models, key)));
  return events;
}

describe('a tracked job', () => {
  test('has a START and one end, however often it is done', async () => {
    const { models } = temporaryStores();
    const work = async () => ({ result: 5, end: { after: 2 } });
    expect(await trackJob(models, attempt, {}, work)).toBe(5);
    expect(await trackJob(models, attempt, {}, work)).toBe(5);
    expect(await eventsOf(models)).toMatchObject([
      { eventType: 'COMPLETE', eventTime: '2026-04-01T00:00:02.000Z', job: { name: 'sales.snapshot' } },
      { eventType: 'START', eventTime: time, job: { facets: { jobType: { jobType: 'SNAPSHOT' } } } },
    ]);
  });

  test('fails with what its work throws, which goes on to the caller', async () => {
    const { models } = temporaryStores();
    const work = () => Promise.reject(new DatasetError('too few rows'));
    await expect(trackJob(models, attempt, {}, work)).rejects.toThrow('too few rows');
    const [end, start, ...more] = await eventsOf(models);
    expect(more).toEqual([]);
    expect([end?.eventType, start?.eventType]).toEqual(['FAIL', 'START']);
    expect(end?.run.facets.errorMessage?.message).toBe('DatasetError: too few rows');
  });
});

describe('traced stores', () => {
  test('note what data is read and written, with the hash of its bytes', async () => {
    const own = temporaryStores();
    await own.data.put('incoming/sales/sales/a.csv', 'upload');
    await own.data.put('accepted/sales/sales/0.parquet', 'part');
    await own.models.put('runs/sales/r/model/model.json', 'model');
    const { stores, traces } = traced(own);

    await using _ = await stores.data.materialize('incoming/sales/sales/a.csv');
    await stores.data.get('accepted/sales/sales/0.parquet');
    await stores.data.get('accepted/sales/sales/1.parquet');
    await stores.models.get('runs/sales/r/model/model.json');
    const file = join(temporaryDirectory(), 'f');
    writeFileSync(file, 'train');
    await stores.data.putFile('datasets/sales/d/train.parquet', file);
    await stores.data.get('datasets/sales/d/train.parquet');
    await stores.data.put('datasets/sales/d/dataset.json', '{}');
    await stores.models.put('runs/sales/r/evaluation.json', '{}');
    expect(await stores.models.putIfAbsent('runs/sales/r/model/model.json', 'another')).toBe(false);
    await stores.models.put('events/sales/e.json', '{}');

    const { data, models } = own;
    expect(traces.inputs().map(({ store, key, sha256 }) => [store.url, key, sha256])).toEqual([
      [data.url, 'incoming/sales/sales/a.csv', sha256('upload')],
      [data.url, 'accepted/sales/sales/0.parquet', sha256('part')],
      [models.url, 'runs/sales/r/model/model.json', sha256('model')],
    ]);
    expect(traces.outputs().map(({ store, key, sha256 }) => [store.url, key, sha256])).toEqual([
      [data.url, 'datasets/sales/d/train.parquet', sha256('train')],
      [models.url, 'runs/sales/r/evaluation.json', sha256('{}')],
    ]);
    // What is done to them is done to the stores behind.
    expect(await textOf(data, 'datasets/sales/d/train.parquet')).toBe('train');
  });

  test.each([
    ['incoming/m/t/rows.json', true],
    ['requests/m/rows.json', true],
    ['quarantine/m/t/0/rows.json', true],
    ['quarantine/m/t/0/report.json', true],
    ['quarantine/m/t/0/report.html', false],
    ['quarantine/m/t/0/release.json', false],
    ['accepted/m/t/0.json', false],
    ['predictions/m/1/forecast.csv', true],
    ['datasets/m/d/profile.json', false],
    ['runs/m/r/model/model.json', true],
    ['runs/m/r/evaluation.json', true],
    ['runs/m/r/run.json', false],
    ['runs/m/r/spec.json', false],
    ['monitoring/m/w.json', true],
    ['versions/m/1.json', false],
    ['production/m.json', false],
    ['lineage/m/0/start.json', false],
  ])('%s is data: %s', (key, expected) => expect(isTraced(key)).toBe(expected));
});
