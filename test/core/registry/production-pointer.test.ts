import { pathToFileURL } from 'node:url';
import { FileStore } from '../../../core/storage/file-store.ts';
import { productionPointerConformance } from '../../conformance/production-pointer.ts';
import { openServed } from '../../support/served-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

productionPointerConformance('files', () => new FileStore(pathToFileURL(temporaryDirectory()).href));
productionPointerConformance('S3', async () => (await openServed()).store);
