import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { deliver } from './deliver.ts';
import { folderOf, specOf } from './specs.ts';
import { uploadOf } from './uploads.ts';

export const upload: Command = {
  summary: 'puts files under incoming/ and runs the workflows that they trigger to the end',
  usage: 'MODEL TABLE FILE… [--time ISO]',
  options: { time: { type: 'string' } },
  async run({ positionals: [model, table, ...files], option, deployment, state, models }) {
    const spec = specOf(await deployment.specs(), model);
    if (table === undefined || files.length === 0) throw new UsageError('Name a table and at least one file');
    return deliver({
      deployment,
      time: option('time'),
      spec,
      folder: folderOf(spec.name, state, models),
      uploads: files.map(path => uploadOf(spec, table, path)),
    });
  },
};
