import { App } from 'aws-cdk-lib';
import { ModelStack, PlatformStack, readSpec } from '../../lib/index.ts';

const app = new App({ context: { env: 'team' } });
const env = { account: '111122223333', region: 'eu-west-1' };
const platform = new PlatformStack(app, 'Forecasting', { env, platform: 'linux-arm64', ownKey: true });
const spec = readSpec('models/departures.yaml');
new ModelStack(app, 'Departures', { env, platform, spec });
app.synth();
