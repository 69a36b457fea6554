import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { deliver } from './deliver.ts';
import { specOf } from './specs.ts';
import { uploadOf } from './uploads.ts';

export const upload: Command = {
  summary: 'puts files under incoming/ and runs the workflows that they trigger to the end',
  usage: 'MODEL TABLE FILE… [--time ISO]',
  options: { time: { type: 'string' } },
  async run({ positionals: [model, table, ...files], option, deployment }) {
    const spec = specOf(await deployment.specs(), model);
    if (table === undefined || files.length === 0) throw new UsageError('Name a table and at least one file');
    const uploads = files.map(path => uploadOf(spec, table, path));
    return deliver(deployment, option('time'), spec, uploads);
  },
};
