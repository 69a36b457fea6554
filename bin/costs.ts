import { join } from 'node:path';
import { readSpec } from '../core/spec/parse-spec.ts';
import { buildApp } from '../lib/build-app.ts';
import { costsOf } from '../lib/costs/costs-of.ts';
import { describeCosts } from '../lib/costs/describe-costs.ts';
import { PROJECT } from '../lib/project.ts';

process.env.CDK_VALIDATION = 'false';
const specs = [readSpec(join(PROJECT, 'models', 'departures.yaml'))];
process.stdout.write(`${describeCosts(costsOf(buildApp({ specs, platform: 'host' })))}\n`);
