import { statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { deliveryFacts } from '../core/insights/delivery-facts.ts';
import { dataKeys } from '../core/storage/layout.ts';
import { PredictionError } from '../core/telemetry/errors.ts';
import { type Command, UsageError } from './command.ts';
import { addressOf } from './paths.ts';
import { specOf } from './specs.ts';

export const predict: Command = {
  summary: 'answers a request file with what the version in production predicts',
  usage: 'MODEL FILE [--out FILE] [--time ISO]',
  options: { out: { type: 'string' }, time: { type: 'string' } },
  async run({ positionals: [model, file], option, deployment }) {
    const spec = specOf(await deployment.specs(), model);
    if (file === undefined || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      throw new UsageError(file === undefined ? 'Name a request file' : `There is no file at ${file}`);
    }
    const out = option('out');
    const format = out === undefined ? undefined : extname(out);
    if (format !== undefined && format !== '.csv' && format !== '.parquet') {
      throw new UsageError(`--out takes a .csv or a .parquet file, not "${out}"`);
    }
    return deployment.session(option('time'), async ({ stores, now: since, put }) => {
      await put(dataKeys.request(spec.name, basename(file)), file);
      const { predictions, failures } = await deliveryFacts({ ...stores, model: spec.name, since });
      const [failure] = failures;
      if (failure !== undefined) throw new PredictionError(failure.cause);
      const outputs = predictions.map(key => addressOf(stores.data, key));
      if (out !== undefined) {
        const answer = predictions.find(key => extname(key) === format);
        if (answer === undefined) throw new PredictionError(`The workflow wrote no ${format} file`);
        await using object = await stores.data.materialize(answer);
        await copyFile(object.path, out);
        outputs.push(out);
      }
      return { facts: { model: spec.name, outputs }, text: outputs.join('\n') };
    });
  },
};
