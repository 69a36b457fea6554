import { join } from 'node:path';
import { loadSpecs } from '../core/spec/parse-spec.ts';
import { buildApp } from '../lib/build-app.ts';

buildApp({ specs: loadSpecs(join(import.meta.dirname, '..', 'models')) }).synth();
