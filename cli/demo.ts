import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { listDatasets } from '../core/data/dataset/list-datasets.ts';
import { deliveryFacts } from '../core/insights/delivery-facts.ts';
import { incidentsOf } from '../core/insights/incidents.ts';
import { listEvents } from '../core/registry/events.ts';
import { readProduction } from '../core/registry/production.ts';
import { listVersions } from '../core/registry/versions.ts';
import { readSpec } from '../core/spec/parse-spec.ts';
import { dataKeys } from '../core/storage/layout.ts';
import { type Command, UsageError } from './command.ts';
import { AIRPORTS, DEGRADED, writeDemoFiles } from './demo-files.ts';
import { type DemoFacts, describeDemo } from './describe-demo.ts';
import { type LocalCloud, withLocalCloud } from './local-cloud.ts';
import { outputsOf } from './outputs.ts';
import { printHeading } from './progress.ts';

const specFile = (model: string): string => fileURLToPath(import.meta.resolve(`../models/${model}.yaml`));

/** How many flights will leave each airport, and which of them will be late. */
const MODELS = ['departures', 'late-arrivals'] as const;
type Model = (typeof MODELS)[number];

const START = new Date('2001-06-01T06:00:00Z');

export const demo: Command = {
  summary: 'the main job on three million real flights, from an empty state',
  usage: '',
  async run({ state: parent, target }) {
    if (target !== 'local') throw new UsageError('demo works in the embedded cloud only');
    // The demo lives in 2001: a state of its own keeps its clock apart from that of real work.
    const state = join(parent, 'demo');
    await rm(state, { recursive: true, force: true });
    printHeading('Cutting the flights of January to June 2001 (US DOT, npm vega-datasets) into uploads');
    const files = await writeDemoFiles(join(state, 'files'));
    printHeading('Starting the embedded cloud from the synthesized CDK app');
    const specs = MODELS.map(model => readSpec(specFile(model)));
    return withLocalCloud({ specs, folderOf: () => undefined, state, time: START }, async local => {
      const { cloud, dataBucket } = local;
      const put = async (key: string, path: string): Promise<void> => {
        await cloud.upload(dataBucket, key, path);
        await cloud.settle();
      };
      const upload = (model: Model, table: string, file: string, path: string): Promise<void> =>
        put(dataKeys.incoming({ model, table, file }), path);

      printHeading('1 June, departures: the airports, and all flights until 31 May');
      await upload('departures', 'airports', 'airports.csv', AIRPORTS);
      await upload('departures', 'flights', 'flights-2001-01-to-05.parquet', files.history);

      printHeading('1 June, late-arrivals: the same files; its spec samples one flight in 27 to learn from');
      await upload('late-arrivals', 'airports', 'airports.csv', AIRPORTS);
      await upload('late-arrivals', 'flights', 'flights-2001-01-to-05.parquet', files.history);

      printHeading('1 June, late-arrivals: which of the flights of the day will be late?');
      await put(dataKeys.request('late-arrivals', 'flights-2001-06-01.csv'), files.request);

      await cloud.advanceTo(new Date('2001-06-15T06:00:00Z'));
      printHeading('15 June, departures: the flights of the first two weeks of June');
      await upload('departures', 'flights', 'flights-2001-06-01-to-14.parquet', files.update);

      printHeading('15 June, late-arrivals: the same file, with how late its flights were');
      await upload('late-arrivals', 'flights', 'flights-2001-06-01-to-14.parquet', files.update);

      await cloud.advanceTo(new Date('2001-06-17T06:00:00Z'));
      printHeading('17 June, departures: a broken file, distances in metres and dates missing');
      await upload('departures', 'flights', 'flights-2001-06-15-to-16.csv', files.broken);

      await cloud.advanceTo(new Date('2001-06-19T06:00:00Z'));
      printHeading(`19 June, late-arrivals: the flights of 15 to 18 June, ${DEGRADED}`);
      await upload('late-arrivals', 'flights', 'flights-2001-06-15-to-18.parquet', files.degraded[0]);

      await cloud.advanceTo(new Date('2001-06-22T06:00:00Z'));
      printHeading(`22 June, late-arrivals: the flights of 19 to 21 June, ${DEGRADED}`);
      await upload('late-arrivals', 'flights', 'flights-2001-06-19-to-21.parquet', files.degraded[1]);

      await cloud.advanceTo(new Date('2001-07-01T06:00:00Z'));
      printHeading('1 July, late-arrivals: good data is back, the flights of 22 to 30 June as they were');
      await upload('late-arrivals', 'flights', 'flights-2001-06-22-to-30.parquet', files.good);

      printHeading('1 July, departures: the flights of 15 to 30 June, dates and distances mended');
      await upload('departures', 'flights', 'flights-2001-06-15-to-30.parquet', files.corrected);

      printHeading('Until 6 July: the schedules measure what was delivered');
      await cloud.advanceTo(new Date('2001-07-06T06:00:00Z'));

      const facts: DemoFacts[] = [];
      for (const model of MODELS) facts.push(await factsOf(local, model));
      return { facts, text: describeDemo(facts) };
    });
  },
};

async function factsOf({ cloud, stores }: LocalCloud, model: Model): Promise<DemoFacts> {
  const delivery = await deliveryFacts({ ...stores, model, since: START });
  const events = await listEvents(stores.models, model);
  return {
    ...delivery,
    outputs: await outputsOf(stores, delivery),
    datasets: await listDatasets(stores.data, model),
    versions: await listVersions(stores.models, model),
    events,
    production: await productionOf(stores, model),
    incidents: incidentsOf(events),
    alarms: cloud.alarms().filter(({ name }) => name.startsWith(`Antei ${model}:`)),
    workflows: cloud.executions(),
  };
}

const reasonSchema = z.object({ reason: z.string() });

/** The pointer carries the change that made it what it is. */
async function productionOf(
  { models }: LocalCloud['stores'],
  model: Model,
): Promise<DemoFacts['production']> {
  const production = await readProduction(models, model);
  if (production === undefined) return null;
  const { champion, promotedAt, change } = production;
  const { reason } = reasonSchema.parse(change.details);
  return { version: champion, since: promotedAt, reason: `${change.summary}. ${reason}` };
}
