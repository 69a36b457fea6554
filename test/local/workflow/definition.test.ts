import { StateMachine } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { DefinitionError, prepareDefinition } from '../../../local/workflow/definition.ts';
import { CONTEXT_KEY } from '../../../local/workflow/definition-paths.ts';
import { expressionProblem } from '../../../local/workflow/path-expression.ts';

const TASK = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f' };

/** A machine of one state. */
const one = (state: Record<string, unknown>) => ({ StartAt: 'A', States: { A: { End: true, ...state } } });

function problemsOf(source: unknown): readonly string[] {
  try {
    prepareDefinition(source);
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems;
    throw error;
  }
}

const run = (source: unknown, input: Parameters<StateMachine['run']>[0]) =>
  new StateMachine(prepareDefinition(source).definition, { validationOptions: { noValidate: true } }).run(
    input,
    {
      context: { [CONTEXT_KEY]: { Execution: { Name: 'n', StartTime: 't', Input: input } } },
    },
  ).result;

test.each<[string, Record<string, unknown>, string]>([
  ['JSONata', { ...TASK, QueryLanguage: 'JSONata' }, 'QueryLanguage'],
  ['variables', { ...TASK, Assign: { 'x.$': '$' } }, 'Assign'],
  ['a heartbeat', { ...TASK, HeartbeatSeconds: 5 }, 'found HeartbeatSeconds; allowed in Task: Resource,'],
  ['credentials', { ...TASK, Credentials: { RoleArn: 'r' } }, 'Credentials'],
  [
    'a task token',
    { ...TASK, Parameters: { 'token.$': '$$.Task.Token' } },
    'found $$.Task.Token; allowed: $$.Execution.Id,',
  ],
  [
    'the state in the context',
    { Type: 'Pass', Parameters: { 'x.$': '$$.State.Name' } },
    'found $$.State.Name;',
  ],
  [
    'a path to many values',
    { Type: 'Pass', InputPath: '$.a[*].b' },
    'found $.a[*].b; allowed: paths to one value',
  ],
  ['a filter', { Type: 'Pass', Parameters: { 'x.$': '$.a[?(@.b)]' } }, 'allowed: paths to one value'],
  [
    'a slice',
    { Type: 'Pass', Parameters: { 'x.$': 'States.ArrayLength($.a[0:2])' } },
    'allowed in intrinsic functions: paths to one value',
  ],
  ['descent', { Type: 'Pass', InputPath: '$..a' }, 'allowed: paths to one value'],
  [
    'JsonToString',
    { Type: 'Pass', Parameters: { 'x.$': 'States.JsonToString($)' } },
    'loses backslashes here',
  ],
  [
    'long separators',
    { Type: 'Pass', Parameters: { 'x.$': "States.StringSplit($.a, ', ')" } },
    'only separators of one character',
  ],
])('%s: refused by name', (_, state, problem) => {
  expect(problemsOf(one(state)).join('\n')).toContain(problem);
});

test('all problems are listed, with the state', () => {
  const source = {
    StartAt: 'A',
    States: {
      A: {
        Type: 'Map',
        ItemsPath: '$.a[*]',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          ...one({ ...TASK, Parameters: { 'x.$': '$$.Map.Item.Value' } }),
        },
        Next: 'B',
      },
      B: { Type: 'Pass', Parameters: { 'x.$': '$$.State.Name' }, End: true },
    },
  };
  expect(problemsOf(source).map(problem => problem.slice(0, 70))).toEqual([
    'state "A": found $.a[*]; allowed: paths to one value, such as $.a[0], ',
    'state "A": found a second state of this name; allowed: each name once ',
    'state "A": found $$.Map.Item.Value; allowed: $$.Execution.Id, $$.Execu',
    'state "B": found $$.State.Name; allowed: $$.Execution.Id, $$.Execution',
  ]);
});

test.each<[string, unknown, string]>([
  ['nothing', {}, 'the definition: '],
  [
    'a start that is not there',
    { StartAt: 'B', States: { A: { Type: 'Succeed' } } },
    'the definition: StartAt leads to "B"; the states are A',
  ],
  [
    'a way to nowhere',
    { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } },
    'state "A": Next leads to "B"; the states are A',
  ],
  [
    'no way',
    { StartAt: 'A', States: { A: { Type: 'Pass' } } },
    'state "A": found neither Next nor End: true',
  ],
  [
    'a catch to nowhere',
    one({ ...TASK, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }),
    'state "A": Catch leads to "B"',
  ],
  [
    'a choice of nothing',
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'B' }], Default: 'C' },
      },
    },
    'state "A": Default leads to "C"; the states are A\nstate "A": a choice leads to "B"',
  ],
  [
    'an unknown type',
    { StartAt: 'A', States: { A: { Type: 'Loop', End: true } } },
    'state "A": found the type Loop; allowed: Task, Pass, Choice,',
  ],
])('%s is refused', (_, source, problem) => {
  expect(problemsOf(source).join('\n')).toContain(problem);
});

test.each([
  '$',
  '$.a-b.c_d[0].é',
  "$['a b'][12]",
  '$$.Execution.Input.x',
  "States.Format('{}, {} (it\\'s)', $.a, States.MathAdd($.b, -1))",
  'States.UUID()',
  "States.ArrayContains(States.Array(1, 2.5, true, null, 'x'), $.a[3])",
])('%s is an expression', expression => {
  expect(expressionProblem(expression)).toBeUndefined();
});

test.each([
  'a',
  '$a',
  '$.a b',
  '$.a[-1]',
  "States.Format('x', )",
  "States.Format('x' $.a)",
  "States.Format('x'",
  "States.Format('x'))",
  "States.Format('x'), 1",
  'States.Reverse($.a)',
  'States.Format($.a[*])',
  'States.Format(a)',
])('%s is none', expression => {
  expect(expressionProblem(expression)).toContain('allowed');
});

test('separators of one character and text between quotes are fine', () => {
  expect(
    problemsOf(
      one({
        Type: 'Pass',
        Parameters: { 'x.$': "States.Format('{}[*]..', States.StringSplit($.a, '/'))", 'y.$': "$['a-b'][0]" },
      }),
    ),
  ).toEqual([]);
});

test('the context is the execution’s own, also inside a Map', async () => {
  const source = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemsPath: '$.items',
        ItemSelector: {
          'item.$': '$$.Map.Item.Value',
          'i.$': '$$.Map.Item.Index',
          'name.$': '$$.Execution.Name',
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Item',
          States: {
            Item: {
              Type: 'Pass',
              Parameters: {
                'x.$': "States.Format('{}{}{}', $.item, $.i, $.name)",
                'all.$': '$$.Execution.Input.items',
                't.$': '$$.Execution.StartTime',
              },
              End: true,
            },
          },
        },
        End: true,
      },
    },
  };
  expect(await run(source, { items: ['a', 'b'] })).toEqual([
    { x: 'a0n', all: ['a', 'b'], t: 't' },
    { x: 'b1n', all: ['a', 'b'], t: 't' },
  ]);
});

test.each([false, 0, '', null])('a Pass whose Result is %j yields it', async Result => {
  expect(await run(one({ Type: 'Pass', Result }), { a: 1 })).toEqual(Result);
});

test('ResultPath "$" replaces the input', async () => {
  expect(await run(one({ Type: 'Pass', Result: { b: 2 }, ResultPath: '$' }), { a: 1 })).toEqual({ b: 2 });
});

test('tasks without a timeout may run for long, and no timeout exceeds what timers can hold', () => {
  const prepare = (state: Record<string, unknown>) =>
    prepareDefinition(one({ ...TASK, ...state })).definition.States.A;
  expect(prepare({})).toMatchObject({ TimeoutSeconds: 2_147_483 });
  expect(prepare({ TimeoutSeconds: 99_999_999 })).toMatchObject({ TimeoutSeconds: 2_147_483 });
  expect(prepare({ TimeoutSeconds: 60 })).toMatchObject({ TimeoutSeconds: 60 });
  expect(prepareDefinition({ ...one(TASK), TimeoutSeconds: 31_536_000 }).definition).toMatchObject({
    TimeoutSeconds: 2_147_483,
  });
});
