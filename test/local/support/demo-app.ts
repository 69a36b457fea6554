import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFn, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  JsonPath,
  Map as MapState,
  Pass,
  StateMachine,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke, SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';

/**
 * Plain JavaScript, as an asset; it finds its store as the real handlers do, and a package in its layer. The first file of
 * a store may say that its handler never ends, or dies with the whole process.
 */
const HANDLERS = `
import { mkdirSync, readFileSync, renameSync, writeFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { shout } = require('shouting');
const root = fileURLToPath(process.env.STORE);

function put(key, text) {
  const path = root + '/' + key;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path + '.part', text);
  renameSync(path + '.part', path);
}

function metric(name, value, time) {
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.parse(time), CloudWatchMetrics: [
      { Namespace: 'Demo', Dimensions: [['Model']], Metrics: [{ Name: name, Unit: 'Count' }] } ] },
    Model: 'm', [name]: value,
  }));
}

export async function split({ key, time, spec }) {
  console.log('splitting ' + key);
  const lines = readFileSync(root + '/' + key, 'utf8').split('\\n').filter(line => line !== '');
  if (!existsSync(root + '/began')) {
    writeFileSync(root + '/began', '');
    if (lines[0] === 'endless') await new Promise(() => setInterval(() => undefined, 1000));
    if (lines[0] === 'deadly') process.kill(process.pid, 'SIGKILL');
  }
  if (lines[0] === 'broken') {
    metric('Broken', 1, time);
    const error = new Error('the file is broken');
    error.name = 'BrokenFileError';
    throw error;
  }
  return { lines, spec };
}

export async function shoutLine({ line, attempts }) {
  const path = root + '/attempts-' + line;
  const before = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  writeFileSync(path, String(before + 1));
  if (before + 1 < attempts) {
    const error = new Error('not yet');
    error.name = 'TryAgainError';
    throw error;
  }
  return shout(line);
}

export async function save({ key, lines, time }) {
  metric('Saved', lines.length, time);
  put(key.replace('in/', 'out/'), lines.join('\\n'));
  return { saved: lines.length };
}

export async function tick(event) {
  put('ticks/' + event.time.replaceAll(':', ''), JSON.stringify(event));
}
`;

export interface DemoAppProps {
  /** An empty directory. */
  readonly directory: string;
}

/** Synthesizes a small app with one of everything. Returns the assembly's directory. */
export function synthesizeDemoApp({ directory }: DemoAppProps): string {
  process.env.CDK_VALIDATION = 'false';
  const code = join(directory, 'code');
  const layer = join(directory, 'layer');
  const shouting = join(layer, 'nodejs', 'node_modules', 'shouting');
  mkdirSync(code, { recursive: true });
  mkdirSync(shouting, { recursive: true });
  writeFileSync(join(code, 'index.mjs'), HANDLERS);
  writeFileSync(join(shouting, 'package.json'), '{ "name": "shouting", "main": "index.cjs" }');
  writeFileSync(join(shouting, 'index.cjs'), 'exports.shout = text => text.toUpperCase();');

  const app = new App({ outdir: join(directory, 'cdk.out'), analyticsReporting: false });
  const platform = new Stack(app, 'Platform');
  const bucket = new CfnBucket(platform, 'Data', {
    notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
  });
  const topic = new Topic(platform, 'Owners', { topicName: 'owners' });
  topic.addSubscription(new EmailSubscription('owner@example.com'));
  const helpers = new LayerVersion(platform, 'Helpers', { code: Code.fromAsset(layer) });
  const lambda = (name: string): LambdaFn =>
    new LambdaFn(platform, name, {
      runtime: Runtime.NODEJS_22_X,
      code: Code.fromAsset(code),
      handler: `index.${name[0]?.toLowerCase()}${name.slice(1)}`,
      layers: [helpers],
      timeout: Duration.minutes(5),
      environment: { STORE: `s3://${bucket.ref}` },
    });

  const split = new LambdaInvoke(platform, 'Split file', {
    lambdaFunction: lambda('Split'),
    payload: TaskInput.fromObject({
      'key.$': '$.key',
      'time.$': '$.time',
      'spec.$': '$.spec.Value',
    }),
    payloadResponseOnly: true,
    resultPath: '$.file',
  });
  const shoutLine = new LambdaInvoke(platform, 'Shout line', {
    lambdaFunction: lambda('ShoutLine'),
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
  });
  shoutLine.addRetry({ errors: ['TryAgainError'], maxAttempts: 3, interval: Duration.hours(1) });
  const failure = new SnsPublish(platform, 'Tell owners', {
    topic,
    subject: 'A file is broken',
    message: TaskInput.fromJsonPathAt('$.error.Cause'),
    resultPath: JsonPath.DISCARD,
  }).next(new Fail(platform, 'Refused', { errorPath: '$.error.Error', causePath: '$.error.Cause' }));
  const readSpec = new CallAwsService(platform, 'Read spec', {
    service: 'ssm',
    action: 'getParameter',
    parameters: {
      Name: JsonPath.format(
        '/demo/{}',
        JsonPath.arrayGetItem(JsonPath.stringSplit(JsonPath.stringAt('$.key'), '/'), 1),
      ),
    },
    iamResources: ['*'],
    resultSelector: { 'Value.$': '$.Parameter.Value' },
    resultPath: '$.spec',
  });
  const chain = readSpec
    .addCatch(new Succeed(platform, 'Nobody knows this model'), {
      errors: ['Ssm.ParameterNotFoundException'],
    })
    .next(split.addCatch(failure, { errors: ['BrokenFileError'], resultPath: '$.error' }))
    .next(
      new Choice(platform, 'Anything in it?')
        .when(
          Condition.isPresent('$.file.lines[0]'),
          new MapState(platform, 'Shout all', {
            itemsPath: '$.file.lines',
            itemSelector: { 'line.$': '$$.Map.Item.Value', attempts: 2 },
            resultPath: '$.shouted',
          })
            .itemProcessor(shoutLine)
            .next(new Wait(platform, 'Cool down', { time: WaitTime.duration(Duration.minutes(15)) }))
            .next(
              new LambdaInvoke(platform, 'Save file', {
                lambdaFunction: lambda('Save'),
                payload: TaskInput.fromObject({
                  'key.$': '$.key',
                  'lines.$': '$.shouted',
                  'time.$': '$.time',
                }),
                outputPath: '$.Payload',
              }),
            ),
        )
        .otherwise(
          new Pass(platform, 'Nothing to do', {
            parameters: { 'name.$': '$$.Execution.Name', 'start.$': '$$.Execution.StartTime' },
          }),
        ),
    );
  const machine = new StateMachine(platform, 'Delivery', {
    stateMachineName: 'delivery',
    definitionBody: DefinitionBody.fromChainable(chain),
  });
  new Rule(platform, 'Incoming', {
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.ref] }, object: { key: [{ prefix: 'in/' }] } },
    },
    targets: [
      new SfnStateMachine(machine, {
        input: RuleTargetInput.fromObject({
          key: EventField.fromPath('$.detail.object.key'),
          time: EventField.time,
        }),
      }),
    ],
  });

  const model = new Stack(app, 'Model');
  new StringParameter(model, 'Spec', { parameterName: '/demo/m', stringValue: 'the spec' });
  const alarm = new Alarm(model, 'BrokenFiles', {
    alarmName: 'broken-files',
    alarmDescription: 'A file was broken.',
    metric: new Metric({
      namespace: 'Demo',
      metricName: 'Broken',
      dimensionsMap: { Model: 'm' },
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  new Rule(model, 'Daily', {
    schedule: Schedule.cron({ hour: '6', minute: '0' }),
    targets: [new LambdaFunction(lambda('Tick'))],
  });
  new CfnOutput(platform, 'DataBucket', { value: bucket.ref });
  return app.synth().directory;
}
