import { listEvents } from '../core/registry/events.ts';
import { readProduction } from '../core/registry/production.ts';
import type { Command } from './command.ts';
import type { Stores } from './deployments/deployment.ts';
import { specOf } from './specs.ts';
import { table } from './table.ts';

export const status: Command = {
  summary: 'what is in production, and what happened last, of one model or of all',
  usage: '[MODEL]',
  async run({ positionals: [model], deployment }) {
    const specs = await deployment.specs();
    const asked = model === undefined ? specs : [specOf(specs, model)];
    const stores = await deployment.stores();
    const facts = await Promise.all(asked.map(({ name, stage }) => statusOf(stores, name, stage)));
    const rows = facts.map(({ model: name, stage, champion, since, last }) => [
      ...[name, stage, champion === null ? 'none' : `version ${champion}`, since ?? '', last?.time ?? ''],
      last?.summary ?? 'nothing yet',
    ]);
    return {
      facts: { models: facts },
      text: table(['model', 'stage', 'in production', 'since', 'last event', 'what happened'], rows),
    };
  },
};

async function statusOf({ models }: Stores, model: string, stage: string) {
  const [production, events] = await Promise.all([readProduction(models, model), listEvents(models, model)]);
  return {
    model,
    stage,
    champion: production?.champion ?? null,
    since: production?.promotedAt ?? null,
    last: events.at(-1) ?? null,
  };
}
