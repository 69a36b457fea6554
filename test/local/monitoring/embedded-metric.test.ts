import { expect, test } from 'vitest';
import { embeddedMetric } from '../../../core/telemetry/metrics.ts';
import { parseEmbeddedMetric } from '../../../local/monitoring/embedded-metric.ts';

test('what handlers write is read', () => {
  const line = embeddedMetric('departures', '2001-06-01T00:00:00Z', { UploadsAccepted: 1, RowsRejected: 0 });
  const of = {
    namespace: 'Antei',
    dimensions: { Model: 'departures' },
    time: Date.UTC(2001, 5, 1),
    unit: 'Count',
  };
  expect(parseEmbeddedMetric(line)).toEqual([
    { ...of, name: 'UploadsAccepted', values: [1] },
    { ...of, name: 'RowsRejected', values: [0] },
  ]);
});

test('several dimension sets and values make several points', () => {
  const line = JSON.stringify({
    _aws: {
      Timestamp: 5,
      CloudWatchMetrics: [
        { Namespace: 'N', Dimensions: [[], ['A', 'B']], Metrics: [{ Name: 'x' }, { Name: 'gone' }] },
      ],
    },
    A: 'a',
    B: 2,
    x: [1, 2],
  });
  const of = { namespace: 'N', name: 'x', time: 5, values: [1, 2], unit: 'None' };
  expect(parseEmbeddedMetric(line)).toEqual([
    { ...of, dimensions: {} },
    { ...of, dimensions: { A: 'a', B: '2' } },
  ]);
});

test.each([
  'plain text',
  '{"level":"INFO"}',
  '{"_aws":{"CloudWatchMetrics":[{}]}}',
  '{"CloudWatchMetrics"',
  '"CloudWatchMetrics"',
])('%s is no metric', line => {
  expect(parseEmbeddedMetric(line)).toBeUndefined();
});
