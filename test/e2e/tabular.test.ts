import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { antei } from '../support/antei.ts';
import { HUBS_CSV, PARCEL_COLUMNS, parcel, parcelsCsv } from '../support/tabular-loop.ts';
import { workspace } from '../support/workspace.ts';

/** A classification through the real command, the synthesized template and the bundled handlers. */
const { directory, state, file, ask } = workspace();
const spec = join(directory, 'parcels.yaml');

const SPEC = `name: parcels
task: classification
tables:
  parcels:
    time: sent
    key: number
    columns:
      sent: { type: timestamp, required: true }
      number: { type: integer, required: true }
      hub: { type: string, required: true, references: hubs.hub }
      distance: { type: number, min: 0 }
      hours: { type: number, min: 0 }
  hubs:
    mode: replace
    columns:
      hub: { type: string, required: true, unique: true }
      region: { type: string }
examples:
  base: parcels
  id: number
  where: parcels.hours IS NOT NULL
  joins:
    - { table: hubs, on: parcels.hub = hubs.hub }
  features: { distance: parcels.distance, hub: parcels.hub, region: hubs.region }
  target: parcels.hours > 39
split: { by: time, validation: 10 days, test: 10 days }
slices: [hub]
gate: { metric: log_loss, better_than: [baseline, champion] }
`;

beforeAll(() => writeFileSync(spec, SPEC));

describe('late parcels', () => {
  test('run takes two tables to a version in production', () => {
    const result = ask(
      ...['run', '--spec', spec, '--time', '2026-03-02T06:00:00Z'],
      ...['--table', `parcels=${file('parcels.csv', parcelsCsv(0, 600))}`],
      ...['--table', `hubs=${file('hubs.csv', HUBS_CSV)}`],
    );
    expect(result).toMatchObject({
      ...{ code: 0, model: 'parcels', quarantined: [], failures: [], metric: 'log_loss' },
      dataset: { rows: { train: 400, validation: 100, test: 100 } },
      decision: { promoted: true, version: 1 },
    });
    const chosen = result.runs.find(({ id }: { id: string }) => id === result.decision.run);
    expect(chosen).toMatchObject({ trainer: 'gradient-boosting', status: 'succeeded' });
    expect(chosen.metrics.test.auc).toBeGreaterThan(0.95);
    const card = readFileSync(result.outputs.card, 'utf8');
    expect(card).toContain('What it looks at');
    expect(card).toContain('By hub');
    expect(ask('runs', 'parcels').runs).toHaveLength(2);
    expect(ask('versions', 'parcels')).toMatchObject({
      production: { champion: 1, dataEnd: '2026-03-01T09:00:00.001Z' },
      versions: [{ task: 'classification', recipe: { trainer: 'gradient-boosting' } }],
    });
  });

  test('predict answers parcels that are still under way', () => {
    const open = [600, 601, 602].map(number => parcel(number).split(',').slice(0, 4).join(','));
    const request = file('open.csv', [PARCEL_COLUMNS.replace(',hours', ''), ...open, ''].join('\n'));
    const out = join(directory, 'answer.csv');
    const result = antei(
      ...['predict', 'parcels', request, '--out', out],
      ...['--state', state, '--time', '2026-03-02T07:00:00Z'],
    );
    expect(result.code, result.stderr).toBe(0);
    const [header, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(header).toBe('sent,number,hub,distance,prediction,probability_false,probability_true,reason');
    const late = [600, 601, 602].map(number => String(Number(parcel(number).split(',')[4]) > 39));
    expect(rows.map(row => row.split(',')[4])).toEqual(late);
    expect(new Set(late).size).toBe(2);
  });

  test('the next parcels measure the version, and train the next one', () => {
    const next = file('next.csv', parcelsCsv(600, 700));
    const result = ask('upload', 'parcels', 'parcels', next, '--time', '2026-03-12T06:00:00Z');
    expect(result).toMatchObject({ dataset: { rows: { train: 500, validation: 100, test: 100 } } });
    const measured = ask('events', 'parcels').events.filter(
      ({ kind, details }: { kind: string; details: { measured?: boolean } }) =>
        kind === 'measured' && details.measured === true,
    );
    expect(measured).toHaveLength(1);
    expect(measured[0].summary).toMatch(/^AUC of version 1 was (1|0\.9\d+) over 3 rows/);
  });
});
