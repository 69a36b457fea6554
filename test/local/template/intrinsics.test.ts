// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation
import { expect, test } from 'vitest';
import { resolve, type Scope, truth } from '../../../local/template/intrinsics.ts';

const SCOPE: Scope = {
  place: 'Stack/Thing',
  ref: name => `ref(${name})`,
  attribute: (logicalId, attribute) => `att(${logicalId}.${attribute})`,
  exported: name => `export(${name})`,
  condition: name => name === 'Yes',
  mapping: (map, key, name) => `map(${map}.${key}.${name})`,
};

test.each<[unknown, unknown]>([
  ['plain', 'plain'],
  [{ a: [1, true, null, { b: { Ref: 'X' } }] }, { a: [1, true, null, { b: 'ref(X)' }] }],
  [{ 'Fn::GetAtt': ['X', 'Arn'] }, 'att(X.Arn)'],
  [{ 'Fn::GetAtt': 'X.Outputs.Inner' }, 'att(X.Outputs.Inner)'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'X' }, 1, { 'Fn::GetAtt': ['Y', 'Z'] }]] }, 'a-ref(X)-1-att(Y.Z)'],
  [{ 'Fn::Sub': '${X}/${Y.Arn}/${!Z}/$x' }, 'ref(X)/att(Y.Arn)/${Z}/$x'],
  [{ 'Fn::Sub': ['${a}-${X}', { a: { Ref: 'A' } }] }, 'ref(A)-ref(X)'],
  [{ 'Fn::Select': ['1', ['a', { Ref: 'X' }]] }, 'ref(X)'],
  [{ 'Fn::Select': [0, { 'Fn::Split': ['(', { Ref: 'X' }] }] }, 'ref'],
  [{ 'Fn::Split': ['|', 'a|b|'] }, ['a', 'b', '']],
  [{ 'Fn::ImportValue': { 'Fn::Sub': '${X}-out' } }, 'export(ref(X)-out)'],
  [{ 'Fn::FindInMap': ['M', { Ref: 'K' }, 'n'] }, 'map(M.ref(K).n)'],
  [{ 'Fn::If': ['Yes', { Ref: 'X' }, { 'Fn::Unknown': 1 }] }, 'ref(X)'],
  [{ 'Fn::If': ['No', 'a', 'b'] }, 'b'],
  [
    { kept: 1, gone: { Ref: 'AWS::NoValue' }, also: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] } },
    { kept: 1 },
  ],
  [
    ['a', { Ref: 'AWS::NoValue' }, 'b'],
    ['a', 'b'],
  ],
  [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
  [
    { Ref: 'X', Other: 1 },
    { Ref: 'X', Other: 1 },
  ],
])('%j', (value, expected) => {
  expect(resolve(value, SCOPE)).toEqual(expected);
});

test.each<[unknown, boolean]>([
  [{ 'Fn::Equals': [{ Ref: 'X' }, 'ref(X)'] }, true],
  [{ 'Fn::Equals': ['a', 'b'] }, false],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': [1, 1] }] }, true],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
  [{ 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
  [{ 'Fn::Not': [{ Condition: 'Yes' }] }, false],
])('the condition %j', (expression, expected) => {
  expect(truth(expression, SCOPE)).toBe(expected);
});

test.each<[unknown, string]>([
  [
    { 'Fn::GetAZs': '' },
    'Stack/Thing: found the intrinsic function Fn::GetAZs; allowed: Ref, Fn::GetAtt, Fn::Join,',
  ],
  [{ 'Fn::Select': [2, ['a']] }, 'Stack/Thing: Fn::Select cannot work with [2,["a"]]'],
  [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'Stack/Thing: Fn::Join cannot work with {"a":1}'],
  [{ Ref: ['X'] }, 'Stack/Thing: Ref cannot work with ["X"]'],
  [
    '{{resolve:ssm:/a}}',
    'Stack/Thing: found the dynamic reference {{resolve:ssm:/a}}; allowed: plain values',
  ],
])('%j is refused by name', (value, message) => {
  expect(() => resolve(value, SCOPE)).toThrow(message);
});
