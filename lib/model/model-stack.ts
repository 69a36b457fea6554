import { Stack, type StackProps } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Spec } from '../../core/spec/schema.ts';
import { deploys } from '../../core/spec/stages.ts';
import { ModelAlarms } from '../monitoring/alarms.ts';
import { modelDashboard } from '../monitoring/dashboard.ts';
import { OwnerTopics } from '../monitoring/owner-topics.ts';
import { scheduleOf } from '../monitoring/schedule.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';
import { ModelEndpoint } from '../serving/model-endpoint.ts';
import { specParameter } from '../spec/spec-parameter.ts';

export interface ModelStackProps extends StackProps {
  readonly spec: Spec;
  readonly platform: PlatformStack;
}

/** What one model has of its own. A changed spec changes this stack and no other. */
export class ModelStack extends Stack {
  constructor(scope: Construct, id: string, { spec, platform, ...props }: ModelStackProps) {
    super(scope, id, props);

    specParameter(this, 'Spec', spec);
    new Rule(this, 'MonitoringSchedule', {
      ruleName: `antei-${spec.name}-monitoring`,
      description: `Measures the forecasts of ${spec.name} every ${spec.monitoring.every}`,
      schedule: scheduleOf(spec.monitoring.every),
      targets: [platform.monitoring.forModel(spec.name)],
    });
    if (deploys(spec)) {
      const { dataBucket, modelBucket, target } = platform;
      new ModelEndpoint(this, 'Endpoint', { spec, dataBucket, modelBucket, platform: target });
    }
    const owners = new OwnerTopics(this, 'Owners', { spec, key: platform.notificationKey });
    const alarms = new ModelAlarms(this, 'Alarms', { spec, owners });
    modelDashboard(this, 'Dashboard', spec, alarms);
  }
}
