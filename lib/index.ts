/** What another CDK app builds on; docs/examples/own-app.ts does. */
export { readSpec } from '../core/spec/parse-spec.ts';
export { ModelStack, type ModelStackProps } from './model/model-stack.ts';
export { PlatformStack, type PlatformStackProps } from './platform/platform-stack.ts';
