import { dirname, resolve } from 'node:path';
import { readSpec } from '../core/spec/parse-spec.ts';
import { SpecError } from '../core/telemetry/errors.ts';
import { problemsOf } from './check.ts';
import { type Command, UsageError } from './command.ts';
import { deliver } from './deliver.ts';
import { localDeployment } from './deployments/local-deployment.ts';
import { keepSpec } from './specs.ts';
import { inReferenceOrder, uploadOf } from './uploads.ts';

export const run: Command = {
  summary: 'one shot: uploads all tables and runs the delivery workflow to the end',
  usage: '--spec SPEC --table NAME=FILE… [--time ISO]',
  options: { spec: { type: 'string' }, table: { type: 'string', multiple: true }, time: { type: 'string' } },
  async run({ option, all, positionals, state, models, target }) {
    if (target !== 'local') {
      throw new UsageError('run works in the embedded cloud; on AWS deploy the spec, then upload the files');
    }
    const file = option('spec');
    if (file === undefined) throw new UsageError('--spec is missing');
    if (positionals.length > 0)
      throw new UsageError(`"${positionals[0]}" is not expected here; tables go as --table NAME=FILE`);
    const problems = await problemsOf(file);
    if (problems.length > 0) throw new SpecError(problems);
    const spec = readSpec(file);
    const uploads = all('table').map(argument => {
      const [, table, path] = /^([^=]+)=(.+)$/s.exec(argument) ?? [];
      if (table === undefined || path === undefined) {
        throw new UsageError(`--table takes NAME=FILE, not "${argument}"`);
      }
      return uploadOf(spec, table, path);
    });
    if (uploads.length === 0) throw new UsageError('--table is missing: name a file for each table');
    keepSpec(state, spec, file);
    return deliver({
      deployment: localDeployment({
        ...{ state, models, specs: [spec] },
        folderOf: () => dirname(resolve(file)),
      }),
      time: option('time'),
      spec,
      folder: dirname(resolve(file)),
      uploads: inReferenceOrder(spec, uploads),
    });
  },
};
