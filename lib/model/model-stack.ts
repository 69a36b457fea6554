import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Spec } from '../../core/spec/schema.ts';
import { deploys } from '../../core/spec/stages.ts';
import { ModelAlarms } from '../monitoring/alarms.ts';
import { modelDashboard } from '../monitoring/dashboard.ts';
import { OwnerTopics } from '../monitoring/owner-topics.ts';
import { freshnessScheduleOf, scheduleOf } from '../monitoring/schedule.ts';
import { namesIn } from '../names.ts';
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

    const names = namesIn(this);
    specParameter(this, 'Spec', spec);
    new Rule(this, 'MonitoringSchedule', {
      ruleName: names.rule(spec.name, 'monitoring'),
      description: `Measures the forecasts of ${spec.name} every ${spec.monitoring.every}`,
      schedule: scheduleOf(spec.monitoring.every),
      targets: [platform.monitoring.forModel(spec.name)],
    });
    const freshness = freshnessScheduleOf(spec);
    if (freshness !== undefined) {
      new Rule(this, 'FreshnessSchedule', {
        ruleName: names.rule(spec.name, 'freshness'),
        description: `Looks how old the newest data of ${spec.name} is`,
        schedule: freshness,
        targets: [platform.monitoring.freshnessOf(spec.name)],
      });
    }
    if (deploys(spec)) {
      const { dataBucket, modelBucket, target } = platform;
      const { url } = new ModelEndpoint(this, 'Endpoint', {
        ...{ spec, dataBucket, modelBucket, platform: target },
      });
      new CfnOutput(this, 'EndpointUrl', { value: url, description: `Endpoint of ${spec.name}` });
    }
    const owners = new OwnerTopics(this, 'Owners', { spec, key: platform.notificationKey });
    const alarms = new ModelAlarms(this, 'Alarms', { spec, owners });
    new Rule(this, 'Incidents', {
      ruleName: names.rule(spec.name, 'incidents'),
      description: `Starts what the spec says when an alarm of ${spec.name} goes off, and closes the incident when it is over`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [...alarms.incidents], state: { value: ['ALARM', 'OK'] } },
      },
      targets: [platform.remediation.forAlarmOf(spec.name)],
    });
    modelDashboard(this, 'Dashboard', spec, alarms);
  }
}
