import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CloudEvent } from '../../local/cloud-event.ts';
import { EmbeddedCloud } from '../../local/embedded-cloud.ts';
import { synthesizeDemoApp } from './support/demo-app.ts';

const START = new Date('2001-06-01T00:00:30Z');
const BUCKET = 'platform-data';

let directory: string;
let assembly: string;
const opened: EmbeddedCloud[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'embedded-cloud-'));
  assembly = synthesizeDemoApp({ directory });
});

afterAll(async () => {
  for (const cloud of opened) await cloud.stop();
  await rm(directory, { recursive: true });
});

async function start(state: string, time = START) {
  const events: CloudEvent[] = [];
  const cloud = await EmbeddedCloud.start({
    assembly,
    state: join(directory, state),
    time,
    observe: event => events.push(event),
  });
  opened.push(cloud);
  const file = (name: string, content: string): string => {
    const path = join(directory, `${state}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  return { cloud, events, file };
}

test('an upload starts the workflow, which runs through map, retry, wait and choice to its end', async () => {
  const { cloud, events, file } = await start('happy');
  await cloud.upload(BUCKET, 'in/m/a.txt', file('a.txt', 'one\ntwo\n'));
  await cloud.settle();

  const saved = join(fileURLToPath(cloud.bucketUrl(BUCKET)), 'out', 'm', 'a.txt');
  expect(readFileSync(saved, 'utf8')).toBe('ONE\nTWO');
  expect(cloud.executions()).toMatchObject([
    { machine: 'delivery', status: 'SUCCEEDED', startedAt: '2001-06-01T00:00:30.000Z', output: { saved: 2 } },
  ]);
});
