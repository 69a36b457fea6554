import type { Template } from 'aws-cdk-lib/assertions';
import { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { resourceOf, textOf } from './template.ts';

const state = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  Retry: z.array(z.unknown()).optional(),
  Catch: z.array(z.unknown()).optional(),
  TimeoutSeconds: z.number().optional(),
});
const definition = z.looseObject({
  StartAt: z.string(),
  States: z.record(
    z.string(),
    state.extend({ ItemProcessor: z.looseObject({ States: z.record(z.string(), state) }).optional() }),
  ),
});

type State = z.output<typeof state>;

/** A state machine of the template, as Step Functions would read it. */
export function definitionOf(template: Template, id: string): z.output<typeof definition> {
  const { DefinitionString } = resourceOf(template, 'AWS::StepFunctions::StateMachine', id).Properties;
  return definition.parse(JSON.parse(textOf(DefinitionString)));
}

/** All states of a machine by name, those inside a Map too. */
export const statesOf = (template: Template, id: string): [name: string, state: State][] =>
  Object.entries(definitionOf(template, id).States).flatMap(([name, outer]) => [
    [name, outer],
    ...Object.entries(outer.ItemProcessor?.States ?? {}),
  ]);

/** What a task answers, by its state's name; an error is thrown, a function is asked each time. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Execution {
  /** The tasks in the order in which they were asked, each with its input. */
  readonly calls: readonly [state: string, input: unknown][];
  readonly status: 'succeeded' | 'failed';
}

/** When every state of `execute` begins. */
export const ENTERED_TIME = '2001-06-01T08:31:00.000Z';

/** Runs a machine with prepared answers. A task without one is a mistake of the test. */
export async function execute(
  template: Template,
  id: string,
  input: object,
  answers: Answers,
): Promise<Execution> {
  const calls: [string, unknown][] = [];
  const tasks = statesOf(template, id).filter(([, { Type }]) => Type === 'Task');
  const handlers = tasks.map(([name]) => [
    name,
    async (payload: unknown) => {
      calls.push([name, payload]);
      if (!(name in answers)) throw new Error(`The test has no answer for "${name}"`);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      return typeof answer === 'function' ? answer() : answer;
    },
  ]);
  // The engine knows AWS's partition only as a word, and looks for a timeout in the parameters, not in the input.
  const text = JSON.stringify(definitionOf(template, id))
    .replaceAll('<AWS::Partition>', 'aws')
    // Its clock ends at 24 days, and then at once.
    .replaceAll(/"TimeoutSeconds":\d+/g, '"TimeoutSeconds":60')
    .replaceAll(/"TimeoutSecondsPath":"[^"]*",?/g, '')
    .replaceAll(/"<(Steps\w+)>"/g, '"arn:aws:lambda:eu-west-1:123456789012:function:$1"');
  const states = statesOf(template, id).map(([name, { Type, Retry }]) => ({ name, Type, Retry }));
  const { result } = new StateMachine(JSON.parse(text), { validationOptions: { noValidate: true } }).run(
    structuredClone(input) as never,
    {
      // The engine knows neither.
      context: { State: { EnteredTime: ENTERED_TIME }, Task: { Token: 'the token' } },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        // Nobody here waits for anything.
        retryIntervalOverrides: Object.fromEntries(
          states.filter(({ Retry }) => Retry !== undefined).map(({ name }) => [name, 0]),
        ),
        waitTimeOverrides: Object.fromEntries(
          states.filter(({ Type }) => Type === 'Wait').map(({ name }) => [name, 0]),
        ),
      },
    },
  );
  const status = await result.then(
    () => 'succeeded' as const,
    () => 'failed' as const,
  );
  return { calls, status };
}
