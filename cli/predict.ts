import { statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { deliveryFacts } from '../core/insights/delivery-facts.ts';
import { dataKeys } from '../core/storage/layout.ts';
import { PredictionError } from '../core/telemetry/errors.ts';
import { type Command, UsageError } from './command.ts';
import { withLocalCloud } from './local-cloud.ts';
import { pathOf } from './paths.ts';
import { deployedSpecs, folderOf, specOf } from './specs.ts';
import { timeOption } from './time.ts';

export const predict: Command = {
  summary: 'answers a request file with what the version in production predicts',
  usage: 'MODEL FILE [--out FILE] [--time ISO]',
  options: { out: { type: 'string' }, time: { type: 'string' } },
  async run({ positionals: [model, file], option, state, models }) {
    const specs = deployedSpecs(state, models);
    const spec = specOf(specs, model);
    if (file === undefined || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      throw new UsageError(file === undefined ? 'Name a request file' : `There is no file at ${file}`);
    }
    const out = option('out');
    const format = out === undefined ? undefined : extname(out);
    if (format !== undefined && format !== '.csv' && format !== '.parquet') {
      throw new UsageError(`--out takes a .csv or a .parquet file, not "${out}"`);
    }
    return withLocalCloud(
      {
        ...{ specs, state, time: timeOption(option('time')) },
        folderOf: name => folderOf(name, state, models),
      },
      async ({ cloud, dataBucket, stores }) => {
        const since = cloud.now;
        await cloud.upload(dataBucket, dataKeys.request(spec.name, basename(file)), file);
        await cloud.settle();
        const { predictions, failures } = await deliveryFacts({ ...stores, model: spec.name, since });
        const [failure] = failures;
        if (failure !== undefined) throw new PredictionError(failure.cause);
        const paths = await Promise.all(predictions.map(key => pathOf(stores.data, key)));
        if (out !== undefined) {
          const answer = paths.find(path => extname(path) === format);
          if (answer === undefined) throw new PredictionError(`The workflow wrote no ${format} file`);
          await copyFile(answer, out);
          paths.push(out);
        }
        return { facts: { model: spec.name, outputs: paths }, text: paths.join('\n') };
      },
    );
  },
};
