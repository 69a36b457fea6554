import { listEvents } from '../core/registry/events.ts';
import type { Command } from './command.ts';
import { modelArgument } from './model-argument.ts';
import { table } from './table.ts';

export const events: Command = {
  summary: 'the event log of a model: what happened, when, and by whom',
  usage: 'MODEL',
  async run({ positionals, deployment }) {
    const model = await modelArgument(positionals, deployment);
    const { models } = await deployment.stores();
    const log = await listEvents(models, model);
    return {
      facts: { model, events: log },
      text: table(
        ['time', 'event', 'by', 'what happened'],
        log.map(({ time, kind, actor, summary }) => [time, kind, actor, summary]),
      ),
    };
  },
};
