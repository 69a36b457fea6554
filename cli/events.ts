import * as z from 'zod';
import { listEvents, type RegistryEvent } from '../core/registry/events.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { Command } from './command.ts';
import { modelArgument } from './model-argument.ts';
import { addressOf } from './paths.ts';
import { section, table } from './table.ts';

export const events: Command = {
  summary: 'the event log of a model: what happened, when, and by whom',
  usage: 'MODEL',
  async run({ positionals, deployment }) {
    const model = await modelArgument(positionals, deployment);
    const { data, models } = await deployment.stores();
    const log = await listEvents(models, model);
    const reports = await reportsOf(data, log);
    return {
      facts: { model, events: log },
      text: [
        table(
          ['time', 'event', 'by', 'what happened'],
          log.map(({ time, kind, actor, summary }) => [time, kind, actor, summary]),
        ),
        ...(reports.length === 0 ? [] : [section('Reports', table(['time', 'event', 'where'], reports))]),
      ].join('\n\n'),
    };
  },
};

const withReport = z.object({ report: z.object({ html: z.string() }) });

/** Time, kind and path of the report of every event that has one. */
async function reportsOf(data: ObjectStore, log: readonly RegistryEvent[]): Promise<string[][]> {
  const reports: string[][] = [];
  for (const { time, kind, details } of log) {
    const parsed = withReport.safeParse(details);
    if (parsed.success) reports.push([time, kind, addressOf(data, parsed.data.report.html)]);
  }
  return reports;
}
