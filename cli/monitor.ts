import { measureWindow } from '../core/monitoring/measure-window.ts';
import { recordEvent } from '../core/registry/events.ts';
import { modelKeys } from '../core/storage/layout.ts';
import { type Command, UsageError } from './command.ts';
import { describeMonitoring } from './describe-monitoring.ts';
import { addressOf } from './paths.ts';
import { specOf } from './specs.ts';
import { timeOption } from './time.ts';

/**
 * Measures a window now, as the monitoring workflow does. It reads what is stored and starts nothing; no alarm hears
 * of it.
 */
export const monitor: Command = {
  summary: 'measures a window now: drift, performance, estimates, the endpoint and the data',
  usage: 'MODEL [--from ISO --to ISO] [--time ISO]',
  options: { from: { type: 'string' }, to: { type: 'string' }, time: { type: 'string' } },
  async run({ positionals: [model], option, deployment }) {
    const spec = specOf(await deployment.specs(), model);
    const [from, to] = [option('from'), option('to')];
    if ((from === undefined) !== (to === undefined)) throw new UsageError('--from and --to belong together');
    const range = from === undefined ? undefined : { from: timeOption(from), to: timeOption(to) };
    if (range !== undefined && range.from >= range.to) throw new UsageError('--from must be before --to');
    const stores = await deployment.stores();
    const time = (await deployment.moment(option('time'))).toISOString();
    const record = await measureWindow({ ...stores, spec, time, ...(range && { range }) });
    const { window, measured, summary } = record;
    await recordEvent(stores.models, {
      ...{ time, model: spec.name, kind: 'measured', actor: await deployment.actor() },
      ...{ summary, details: { window, measured } },
    });
    const page = addressOf(stores.models, modelKeys.window(spec.name, window, 'html'));
    return {
      facts: { ...record, outputs: { report: page } },
      text: `${describeMonitoring(record)}\n${page}`,
    };
  },
};
