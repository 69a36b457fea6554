import { expect, test } from 'vitest';
import type { BusEvent } from '../../../local/events/event.ts';
import { inputProblems, targetInput } from '../../../local/events/target-input.ts';
import type { RuleTarget } from '../../../local/template/property-shapes.ts';

const EVENT: BusEvent = {
  version: '0',
  id: 'e',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '1',
  time: '2001-06-01T00:00:00Z',
  region: 'r',
  resources: ['arn:a', 'arn:b'],
  detail: { object: { key: 'in/m/"a\\b".csv', size: 8 }, tags: ['x', 'y'] },
};

const RULE = { name: 'rule', arn: 'arn:rule' };
const of = (target: Partial<RuleTarget>): unknown =>
  targetInput({ Id: 't', Arn: 'a', ...target }, EVENT, RULE);
const template = (InputTemplate: string): Partial<RuleTarget> => ({
  InputTransformer: {
    InputPathsMap: {
      key: '$.detail.object.key',
      size: '$.detail.object.size',
      tags: '$.detail.tags',
      second: "$['resources'][1]",
      missing: '$.detail.nothing.here',
    },
    InputTemplate,
  },
});

test.each<[string, Partial<RuleTarget>, unknown]>([
  ['the event itself', {}, EVENT],
  ['a constant', { Input: '{"a":1}' }, { a: 1 }],
  ['a part', { InputPath: '$.detail.object.size' }, 8],
  ['an element', { InputPath: '$.resources[1]' }, 'arn:b'],
  ['all of it', { InputPath: '$' }, EVENT],
  [
    'values in a template',
    template('{"k":<key>,"s":<size>,"t":<tags>}'),
    { k: 'in/m/"a\\b".csv', s: 8, t: ['x', 'y'] },
  ],
  [
    'values in a text',
    template('{"k":"key <key> of <size> bytes, <second>"}'),
    { k: 'key in/m/"a\\b".csv of 8 bytes, arn:b' },
  ],
  ['missing values', template('{"a":<missing>,"b":"(<missing>)"}'), { a: '', b: '()' }],
  ['quotes in the template', template('{"a":"say \\"<size>\\"","b":<size>}'), { a: 'say "8"', b: 8 }],
  ['a text alone', template('"<size> bytes"'), '8 bytes'],
  ['a text without quotes', template('<size> bytes'), '8 bytes'],
  [
    'what the rule knows',
    template('{"r":<aws.events.rule-name>,"e":<aws.events.event>}'),
    { r: 'rule', e: EVENT },
  ],
  ['what is no variable', template('{"a":"<b> & <size>"}'), { a: '<b> & 8' }],
])('%s', (_, target, expected) => {
  expect(of(target)).toEqual(expected);
});

test('paths that are more than names and indices are problems', () => {
  const target: RuleTarget = {
    Id: 't',
    Arn: 'a',
    InputTransformer: {
      InputPathsMap: { all: '$.detail[*]', good: '$.detail-type' },
      InputTemplate: '<all>',
    },
  };
  expect(inputProblems(target)).toEqual([
    'found the path $.detail[*]; allowed: names and indices, such as $.detail.object.key',
  ]);
});
