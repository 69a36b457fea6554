import { expect, test } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { SpecError } from '../../../core/telemetry/errors.ts';
import { candidatesOf } from '../../../core/training/candidates.ts';
import { requireImages } from '../../../lib/spec/require-images.ts';

const LATE = `name: late
task: classification
tables:
  flights: { time: date, columns: { date: { type: timestamp }, delay: { type: integer } } }
examples: { base: flights, id: [date], features: { hour: hour(flights.date) }, target: flights.delay > 15 }
split: { by: time, validation: 1 day, test: 1 day }
candidates:
  - `;

const specOf = (candidate: string) => parseSpec(LATE + candidate, 'late.yaml');
const problemOf = (candidate: string): string => {
  try {
    specOf(candidate);
    return 'none';
  } catch (error) {
    if (error instanceof SpecError)
      return error.problems.join('\n').replace(/^late\.yaml:8: candidates\.0\./, '');
    throw error;
  }
};
const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/trainers';

test('a script has a machine and an hour, unless the spec says otherwise', () => {
  const scriptsOf = (candidate: string) => candidatesOf(specOf(candidate)).slice(1);
  expect(scriptsOf('{ trainer: script, command: [python3, train.py] }')).toEqual([
    {
      ...{ trainer: 'script', hyperparameters: {} },
      script: { command: ['python3', 'train.py'], instance: 'ml.m5.large', seconds: 3600 },
    },
  ]);
  const more = `{ trainer: script, command: [./train], image: "${IMAGE}:7", instance: ml.c7i.4xlarge, time_limit: 2 days, grid: { depth: [3, 4] } }`;
  const script = {
    ...{ command: ['./train'], image: `${IMAGE}:7` },
    ...{ instance: 'ml.c7i.4xlarge', seconds: 2 * 86_400 },
  };
  expect(scriptsOf(more)).toEqual([
    { trainer: 'script', hyperparameters: { depth: 3 }, script },
    { trainer: 'script', hyperparameters: { depth: 4 }, script },
  ]);
});

test.each([
  [
    '{ trainer: script }',
    'command: is missing; the trainer "script" needs a program, such as [python3, train.py]',
  ],
  ['{ trainer: script, command: [] }', 'command: found a list; the least allowed is 1'],
  ['{ trainer: script, command: python3 train.py }', 'command: found "python3 train.py"; allowed: a list'],
  ['{ trainer: baseline, command: [a] }', 'command: is for the trainer "script" only'],
  ['{ trainer: gradient-boosting, time_limit: 1 hour }', 'time_limit: is for the trainer "script" only'],
  [
    '{ trainer: script, command: [a], time_limit: 29 days }',
    'time_limit: found "29 days"; the most allowed is 28 days',
  ],
  [
    '{ trainer: script, command: [a], time_limit: 1 month }',
    'time_limit: found "1 month"; the most allowed is 28 days',
  ],
  [
    '{ trainer: script, command: [a], instance: m5.large }',
    'instance: found "m5.large"; allowed: a SageMaker machine type, such as ml.m5.large',
  ],
  [
    '{ trainer: script, command: [a], image: ubuntu }',
    'image: found "ubuntu"; allowed: an image in Amazon ECR, such as ' +
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/trainers@sha256:… (or with a tag)',
  ],
])('%s is refused', (candidate, problem) => {
  expect(problemOf(candidate)).toBe(problem);
});

test('of forecasting it is told that scripts are for rows', () => {
  const text = `name: late
task: forecasting
tables: { t: { columns: { d: { type: date } } } }
series: { table: t, time: d, every: 1 day, value: count(*) }
horizon: 1
candidates: [{ trainer: script, command: [a] }]
`;
  expect(() => parseSpec(text, 'late.yaml')).toThrow(
    'candidates.0.trainer: found "script"; allowed: baseline, mstl, gradient-boosting ("script" learns regression and classification only)',
  );
});

test('a script without an image can be run here, and not be deployed', () => {
  const spec = specOf('{ trainer: script, command: [python3, train.py] }');
  expect(() => requireImages([spec])).toThrow(
    expect.objectContaining({
      name: 'SpecError',
      message:
        'models/late.yaml: candidates.0.image: is missing; on AWS the script "python3 train.py" runs in a container: ' +
        'push an image with the program to Amazon ECR and name it here',
    }),
  );
  requireImages([specOf(`{ trainer: script, command: [a], image: "${IMAGE}@sha256:${'0'.repeat(64)}" }`)]);
});
