import { App, Stack } from 'aws-cdk-lib';
import { beforeAll, expect, test } from 'vitest';
import { unpackSpec } from '../../../core/spec/packed-spec.ts';
import type { ColumnSpec, Spec, TableSpec } from '../../../core/spec/schema.ts';
import { sha256 } from '../../../core/storage/digest.ts';
import { SpecError } from '../../../core/telemetry/errors.ts';
import { specParameter } from '../../../lib/spec/spec-parameter.ts';
import { departures, type Synthesized, synthesize } from '../support/synthesize.ts';
import { resourceOf } from '../support/template.ts';

const arrivals: Spec = { ...departures, name: 'arrivals' };

let alone: Synthesized;
let two: Synthesized;
beforeAll(() => {
  alone = synthesize();
  two = synthesize([arrivals, departures]);
});

test('a model stack holds the whole spec', () => {
  const { Properties } = resourceOf(alone.model('departures'), 'AWS::SSM::Parameter', 'Spec');
  expect(Properties).toMatchObject({
    Name: '/antei/models/departures',
    Type: 'String',
    Tier: 'Intelligent-Tiering',
  });
  expect(unpackSpec(String(Properties.Value))).toEqual(departures);
});

test('a changed spec changes the stack of its model and no other', () => {
  const after = synthesize([arrivals, { ...departures, horizon: 7 }]);
  expect(after.platform.toJSON()).toEqual(two.platform.toJSON());
  expect(after.model('arrivals').toJSON()).toEqual(two.model('arrivals').toJSON());
  const [then, now] = [two, after].map(app => app.model('departures').toJSON());
  expect(now).not.toEqual(then);
});

test('a second model leaves the platform as it is', () => {
  expect(two.platform.toJSON()).toEqual(alone.platform.toJSON());
});

test('a spec that is too long to deploy is refused by name, with its size and what to do', () => {
  // Digests, because anything regular packs well.
  const values = Array.from({ length: 400 }, (_, index) => sha256(String(index)));
  const code: ColumnSpec = {
    type: 'string',
    required: false,
    unique: false,
    tolerance: 0,
    severity: 'error',
    values,
  };
  const flights: TableSpec = { mode: 'append', on_violation: 'reject', columns: { code } };
  const spec: Spec = { ...departures, tables: { flights } };
  const refused = () => specParameter(new Stack(new App(), 'Stack'), 'Spec', spec);
  expect(refused).toThrow(SpecError);
  expect(refused).toThrow(
    /^models\/departures\.yaml: the packed spec has \d+ characters; at most 8192 can be deployed\. Shorten /,
  );
});
