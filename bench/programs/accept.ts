import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { validateUpload } from '../../core/data/upload/validate-upload.ts';
import { readSpec } from '../../core/spec/parse-spec.ts';
import { dataKeys } from '../../core/storage/layout.ts';
import { openStore } from '../../core/storage/open-store.ts';
import { timed } from './timed.ts';

/** What a user waits for: the upload is validated against its contract and stored as an accepted part. */
const [directory = '', specFile = '', table = '', file = '', time = ''] = process.argv.slice(2);
const data = openStore(pathToFileURL(directory).href);
const spec = readSpec(specFile);
const key = dataKeys.incoming({ model: spec.name, table, file: basename(file) });
rmSync(`${directory}/accepted/${spec.name}/${table}`, { recursive: true, force: true });
await data.putFile(key, file);
await timed(async () => {
  const { accepted, reasons } = await validateUpload({ data, spec, key, time });
  if (!accepted) throw new Error(JSON.stringify(reasons));
});
