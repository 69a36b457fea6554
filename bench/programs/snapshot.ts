import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { snapshot } from '../../core/data/dataset/snapshot.ts';
import { readSpec } from '../../core/spec/parse-spec.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { timed } from './timed.ts';

/** All accepted parts become a dataset of series, split by time. */
const [directory = '', specFile = '', time = ''] = process.argv.slice(2);
rmSync(`${directory}/datasets`, { recursive: true, force: true });
await timed(() =>
  snapshot({ data: openStore(pathToFileURL(directory).href), spec: readSpec(specFile), time }),
);
