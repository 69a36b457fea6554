import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { namesOf } from '../../../core/deployment/names.ts';
import { statementsOf } from '../support/policies.ts';
import { departures, type Synthesized, synthesize } from '../support/synthesize.ts';
import { resourcesOf, textOf } from '../support/template.ts';

let nameless: Synthesized;
let dev: Synthesized;
beforeAll(() => {
  // The model of the one is called so that careless names would meet those of the other.
  nameless = synthesize([departures, { ...departures, name: 'dev-departures' }]);
  dev = synthesize([departures], { env: 'dev' });
});

const NAMES: Readonly<Record<string, string>> = {
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::Events::Rule': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Logs::LogGroup': 'LogGroupName',
};

/** The names that templates give, as `type name`. */
const given = (templates: readonly Template[]): string[] =>
  templates.flatMap(template =>
    Object.entries(NAMES).flatMap(([type, property]) =>
      resourcesOf(template, type).flatMap(({ Properties }) =>
        Properties[property] === undefined ? [] : [`${type} ${textOf(Properties[property])}`],
      ),
    ),
  );

/** The pattern of names of training jobs, if a resource is one. */
const trainingJobs = (resource: string): string[] => /:training-job\/(.+)$/.exec(resource)?.slice(1) ?? [];

const exportsOf = (template: Template): unknown[] =>
  Object.values(template.toJSON().Outputs ?? {}).flatMap(output => {
    const { Export } = z.object({ Export: z.object({ Name: z.string() }).optional() }).parse(output);
    return Export === undefined ? [] : [Export.Name];
  });

test('two deployments of one account share no name', () => {
  const ofNameless = [nameless.platform, nameless.model('departures'), nameless.model('dev-departures')];
  const ofDev = [dev.platform, dev.model('departures')];
  const both = [...given(ofNameless), ...given(ofDev)];
  expect(both.length).toBeGreaterThan(40);
  expect(both.filter((name, index) => both.indexOf(name) !== index)).toEqual([]);
  const exported = [...ofNameless, ...ofDev].flatMap(exportsOf);
  expect(exported.length).toBeGreaterThan(10);
  expect(new Set(exported).size).toBe(exported.length);
});

test('no other type of resource is given a name', () => {
  const named = [dev.platform, dev.model('departures')].flatMap(template =>
    Object.values(z.record(z.string(), z.unknown()).parse(template.toJSON().Resources)).flatMap(found => {
      const { Type, Properties = {} } = z
        .object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() })
        .parse(found);
      const own = Object.keys(Properties).filter(key =>
        /^(?!Policy|Metric|Function|Display).*Name$|^Name$/.test(key),
      );
      return own
        .filter(key => NAMES[Type] !== key && typeof Properties[key] === 'string')
        .map(key => `${Type} ${key}`);
    }),
  );
  expect(named).toEqual([]);
});

describe('dev', () => {
  test('has its metrics in a namespace of its own, in every alarm and every function', () => {
    const alarms = resourcesOf(dev.model('departures'), 'AWS::CloudWatch::Alarm');
    expect(new Set(alarms.map(({ Properties }) => Properties.Namespace))).toEqual(new Set(['Antei/dev']));
    const functions = resourcesOf(dev.platform, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const { Properties } of functions) {
      expect(Properties.Environment).toMatchObject({ Variables: { ANTEI_ENVIRONMENT: 'dev' } });
    }
    for (const { Properties } of resourcesOf(nameless.platform, 'AWS::Lambda::Function')) {
      expect(JSON.stringify(Properties.Environment)).not.toContain('ANTEI_ENVIRONMENT');
    }
    const [dashboard] = resourcesOf(dev.platform, 'AWS::CloudWatch::Dashboard');
    const body = textOf(dashboard?.Properties.DashboardBody);
    expect(body).toContain("SEARCH('{Antei/dev,Model}");
    expect(body).not.toContain("'{Antei,");
  });

  test('runs and sees training jobs of its own, whose names no other deployment may use', () => {
    const reached = ({ platform }: Synthesized): string[] => [
      ...new Set(statementsOf(platform).flatMap(({ Resource }) => Resource.flatMap(trainingJobs))),
    ];
    expect([reached(nameless), reached(dev)]).toEqual([['antei-*'], ['anteidev-*']]);
    const beginnings = [undefined, 'd', 'dev', 'dev2', 'antei'].map(name => namesOf(name).trainingJobs);
    const meeting = beginnings.filter(one =>
      beginnings.some(other => other !== one && other.startsWith(one)),
    );
    expect(meeting).toEqual([]);
  });

  test('reads its own specs, and may read no others', () => {
    const machines = JSON.stringify(dev.platform.toJSON());
    expect(machines).toContain("States.Format('/antei/dev/models/{}'");
    expect(machines).toContain(':parameter/antei/dev/models/*');
    expect(machines).not.toContain('/antei/models');
  });
});

test('without a name of its own a deployment calls its things as ever', () => {
  const { alarm, dashboard, machine, modelStack, platformStack, rule, specParameter } = namesOf();
  expect([platformStack, modelStack('m'), machine('delivery'), rule('m', 'monitoring')]).toEqual([
    'AnteiPlatform',
    'AnteiModel-m',
    'antei-delivery',
    'antei-m-monitoring',
  ]);
  expect([dashboard(), dashboard('m'), specParameter('m'), alarm('m', 'drift')]).toEqual([
    'Antei',
    'Antei-m',
    '/antei/models/m',
    'Antei m: data drift',
  ]);
});
