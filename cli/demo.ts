import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listDatasets } from '../core/data/dataset/list-datasets.ts';
import { deliveryFacts } from '../core/insights/delivery-facts.ts';
import { listEvents } from '../core/registry/events.ts';
import { listVersions } from '../core/registry/versions.ts';
import { readSpec } from '../core/spec/parse-spec.ts';
import { dataKeys } from '../core/storage/layout.ts';
import type { Command } from './command.ts';
import { AIRPORTS, writeDemoFiles } from './demo-files.ts';
import { describeDemo } from './describe-demo.ts';
import { withLocalCloud } from './local-cloud.ts';
import { outputsOf } from './outputs.ts';
import { printHeading } from './progress.ts';

const SPEC = fileURLToPath(import.meta.resolve('../models/departures.yaml'));

export const demo: Command = {
  summary: 'the main job on three million real flights, from an empty state',
  usage: '',
  async run({ state: parent }) {
    // The demo lives in 2001: a state of its own keeps its clock apart from that of real work.
    const state = join(parent, 'demo');
    await rm(state, { recursive: true, force: true });
    printHeading('Cutting the flights of January to June 2001 (US DOT, npm vega-datasets) into uploads');
    const files = await writeDemoFiles(join(state, 'files'));
    const spec = readSpec(SPEC);
    const model = spec.name;
    printHeading('Starting the embedded cloud from the synthesized CDK app');
    const start = new Date('2001-06-01T06:00:00Z');
    return withLocalCloud({ specs: [spec], state, time: start }, async ({ cloud, dataBucket, stores }) => {
      const upload = async (table: string, file: string, path: string): Promise<void> => {
        await cloud.upload(dataBucket, dataKeys.incoming({ model, table, file }), path);
        await cloud.settle();
      };

      printHeading('1 June: the airports, and all flights until 31 May');
      await upload('airports', 'airports.csv', AIRPORTS);
      await upload('flights', 'flights-2001-01-to-05.parquet', files.history);

      await cloud.advanceTo(new Date('2001-06-15T06:00:00Z'));
      printHeading('15 June: the flights of the first two weeks of June');
      await upload('flights', 'flights-2001-06-01-to-14.parquet', files.update);

      await cloud.advanceTo(new Date('2001-06-17T06:00:00Z'));
      printHeading('17 June: a broken file, distances in metres and dates missing');
      await upload('flights', 'flights-2001-06-15-to-16.csv', files.broken);

      const delivery = await deliveryFacts({ ...stores, model, since: start });
      const facts = {
        ...delivery,
        outputs: await outputsOf(stores, delivery),
        datasets: await listDatasets(stores.data, model),
        versions: await listVersions(stores.models, model),
        events: await listEvents(stores.models, model),
        alarms: cloud.alarms(),
        workflows: cloud.executions(),
      };
      return { facts: [facts], text: describeDemo(facts) };
    });
  },
};
