import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type AnsweredEntry, predictionLogLine } from '../../../core/serving/prediction-log.ts';
import { readPredictionLog } from '../../../core/serving/read-prediction-log.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { temporaryStores } from '../../support/forecasting-loop.ts';

const entry = (changes: Partial<AnsweredEntry> = {}): AnsweredEntry => ({
  ...{
    antei: 'prediction',
    time: '2026-05-01T10:30:00.000Z',
    model: 'parcels',
    version: 1,
    variant: 'champion',
  },
  ...{ request: 'a', row: 0, id: { number: 7 }, features: { hub: 'ams', distance: 3 }, prediction: 'true' },
  ...{ probabilities: { false: 0.25, true: 0.75 }, milliseconds: 1.5 },
  ...changes,
});

test('what was written within a period is read, each entry once, and what is no entry is counted', async () => {
  const { data } = temporaryStores();
  const refused = {
    ...{ antei: 'prediction' as const, time: '2026-05-01T10:59:59.999Z', model: 'parcels', request: 'b' },
    ...{
      version: null,
      variant: null,
      status: 400,
      error: { name: 'RefusedRequest', message: 'No.' },
      milliseconds: 1,
    },
  };
  const put = (hour: string, name: string, lines: readonly string[], gzip = false) => {
    const text = lines.map(line => `${line}\n`).join('');
    return data.put(dataKeys.predictionLogObject('parcels', hour, name), gzip ? gzipSync(text) : text);
  };
  await put(
    '2026-05-01T10:00:00Z',
    'one',
    [predictionLogLine(entry()), predictionLogLine(entry({ row: 1 })), '{"cut'],
    true,
  );
  await put('2026-05-01T11:00:00Z', 'late', [
    predictionLogLine(entry()),
    predictionLogLine(entry({ variant: 'shadow' })),
    predictionLogLine(refused),
    predictionLogLine(entry({ request: 'c', time: '2026-05-01T11:00:00.000Z' })),
    '{"antei":"prediction"}',
  ]);
  await put('2026-05-01T14:00:00Z', 'too-late', [predictionLogLine(entry({ request: 'd' }))]);
  const log = readPredictionLog({
    ...{
      data,
      model: 'parcels',
      from: new Date('2026-05-01T10:00:00Z'),
      to: new Date('2026-05-01T11:00:00Z'),
    },
  });
  expect(await Array.fromAsync(log)).toEqual([
    entry(),
    entry({ row: 1 }),
    entry({ variant: 'shadow' }),
    refused,
  ]);
  expect([log.unreadable, log.repeated]).toEqual([2, 1]);
});

test('no value can begin a line, and a long line is shortened', () => {
  const hostile = predictionLogLine(entry({ features: { hub: '\n{"antei":"prediction"}\u2028' } }));
  expect(hostile).not.toMatch(/[\n\r]/);
  expect(JSON.parse(hostile).features.hub).toBe('\n{"antei":"prediction"}\u2028');
  expect(JSON.parse(predictionLogLine(entry({ features: { hub: 'x'.repeat(1000) } }))).features.hub).toBe(
    `${'x'.repeat(256)}…`,
  );
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`f${i}`, 'x'.repeat(200)]));
  expect(JSON.parse(predictionLogLine(entry({ features: many })))).toEqual(
    entry({ features: {}, shortened: true }),
  );
});
