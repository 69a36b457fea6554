import * as z from 'zod';
import { identityOf } from '../../core/storage/digest.ts';
import { isObject } from '../template/intrinsics.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { VirtualTimers } from '../virtual-timers.ts';
import { type Checkpoint, visitOf } from './checkpoint.ts';
import { ENTERED_TIME, TASK_TOKEN, type TaskState } from './definition.ts';
import { AbandonedError, type ExecutionRest } from './execution-rest.ts';
import type { Integrations } from './integrations.ts';
import { checkSize, TaskError, type TaskFailure } from './task-error.ts';
import type { TaskTokens } from './task-tokens.ts';

interface DurableTasksProps {
  /** Name of the machine. */
  readonly machine: string;
  /** Name of the execution. */
  readonly execution: string;
  readonly checkpoint: Checkpoint;
  readonly integrations: Integrations;
  readonly tokens: TaskTokens;
  readonly clock: VirtualClock;
  readonly timers: VirtualTimers;
  readonly rest: ExecutionRest;
  /** Called when a task begins to wait for an answer from outside. */
  readonly onWaiting: (state: string, token: string) => void;
}

/** One visit of a Task state. */
interface Visit {
  readonly state: string;
  readonly task: TaskState;
  readonly input: unknown;
  /** How long an answer from outside may take. */
  readonly timeoutSeconds: number | undefined;
  /** What identifies it among the records. */
  readonly of: string;
  /** What identifies it to others; also its token. */
  readonly call: string;
}

/** The tasks and waits of one execution. What they came to is kept, so that after a kill none is done twice. */
export class DurableTasks {
  readonly #props: DurableTasksProps;
  readonly #visits = new Map<string, number>();
  /** By state, how many of its visits had ended before a restart and were not told of yet. */
  readonly #replayed = new Map<string, number>();

  constructor(props: DurableTasksProps) {
    this.#props = props;
  }

  /** Does what a Task state says. Throws what Retry and Catch shall see. */
  run(state: string, task: TaskState, input: unknown): Promise<unknown> {
    return this.#props.rest.working(() => this.#run(state, task, input));
  }

  /** Waits as a Wait state says; after a restart until the moment that was reckoned when it began. */
  wait(state: string, input: unknown, until: Date | { readonly seconds: number }): Promise<void> {
    const { clock, rest, timers } = this.#props;
    return rest.working(async () => {
      const due = await this.#waitingUntil(
        visitOf(state, input),
        until instanceof Date ? until : this.#in(until.seconds),
      );
      if (due === undefined || due <= clock.now) return;
      await rest.sleep(wake => timers.at(due, wake, { moves: true }));
    });
  }

  /** Whether the end of a state that is told of now is one of before a restart. */
  takeReplayed(state: string): boolean {
    const count = this.#replayed.get(state) ?? 0;
    if (count > 0) this.#replayed.set(state, count - 1);
    return count > 0;
  }

  async #run(state: string, task: TaskState, input: unknown): Promise<unknown> {
    const { checkpoint, execution, machine } = this.#props;
    const of = visitOf(state, input);
    // Counted also where the outcome is known, so that those after it are called the same as before.
    const count = this.#visits.get(of) ?? 0;
    this.#visits.set(of, count + 1);
    const earlier = checkpoint.take('ended', of);
    if (earlier !== undefined) this.#replayed.set(state, (this.#replayed.get(state) ?? 0) + 1);
    if (earlier?.failure !== undefined) throw TaskError.from(earlier.failure);
    if (earlier !== undefined) return earlier.output;
    const call = identityOf([machine, execution, of, count]);
    try {
      const entered = withText(input, ENTERED_TIME, await this.#enteredAt(of, input));
      const visit: Visit = { state, task, of, call, ...taskInput(task, entered) };
      checkSize(visit.input, 'input');
      const output = await (task.waitsForToken ? this.#answered(visit) : this.#call(visit, visit.input));
      checkSize(output, 'output');
      await this.#ended({ task, of, call }, { output });
      return output;
    } catch (error) {
      if (error instanceof Error && !(error instanceof AbandonedError))
        await this.#ended({ task, of, call }, { failure: TaskError.describe(error) });
      throw error;
    }
  }

  /** Notes what a visit came to, and only then gives its token back: a kill in between must not lose the answer. */
  async #ended(
    { of, task, call }: Pick<Visit, 'of' | 'task' | 'call'>,
    outcome: { output: unknown } | { failure: TaskFailure },
  ): Promise<void> {
    await this.#props.checkpoint.add({ kind: 'ended', of, ...outcome });
    if (task.waitsForToken) await this.#props.tokens.withdraw(call);
  }

  #call({ task, call }: Visit, input: unknown): Promise<unknown> {
    const { clock, integrations } = this.#props;
    return integrations.call(task.resource, input, { call, now: clock.now });
  }

  /** Hands the token out by the call, and waits for the answer. */
  async #answered(visit: Visit): Promise<unknown> {
    const { checkpoint, clock, execution, machine, onWaiting, rest, timers, tokens } = this.#props;
    const { state, input, timeoutSeconds, of, call: token } = visit;
    const due = await this.#waitingUntil(
      of,
      timeoutSeconds === undefined ? undefined : this.#in(timeoutSeconds),
    );
    // Before the call: the answer may come while it is still under way.
    await tokens.issue({ token, machine, execution, state, since: clock.now.toISOString() });
    if (checkpoint.take('called', of) === undefined) {
      await this.#call(visit, withText(input, TASK_TOKEN, token));
      await checkpoint.add({ kind: 'called', of });
    }
    if (tokens.answerTo(token) === undefined) {
      onWaiting(state, token);
      await rest.sleep(wake => {
        // Somebody will move the clock, or not; the cloud does not do so in order to let the time run out.
        const cancel = due === undefined ? () => undefined : timers.at(due, wake, { moves: false });
        tokens.onAnswer(token, () => {
          cancel();
          wake();
        });
        return cancel;
      });
    }
    const answer = tokens.answerTo(token);
    if (answer === undefined) throw new TaskError('States.Timeout', 'Nobody answered in time.');
    if ('error' in answer) throw new TaskError(answer.error, answer.cause);
    return answer.output;
  }

  async #waitingUntil(of: string, due: Date | undefined): Promise<Date | undefined> {
    const { checkpoint } = this.#props;
    const earlier = checkpoint.take('waiting', of);
    if (earlier !== undefined) return earlier.until === undefined ? undefined : new Date(earlier.until);
    await checkpoint.add({ kind: 'waiting', of, ...(due === undefined ? {} : { until: due.toISOString() }) });
    return due;
  }

  /** When a state began that asks for it; the same after a restart. */
  async #enteredAt(of: string, input: unknown): Promise<string> {
    const { checkpoint, clock } = this.#props;
    if (!JSON.stringify(input ?? null).includes(ENTERED_TIME)) return ENTERED_TIME;
    const earlier = checkpoint.take('entered', of);
    if (earlier !== undefined) return earlier.at;
    const at = clock.now.toISOString();
    await checkpoint.add({ kind: 'entered', of, at });
    return at;
  }

  #in(seconds: number): Date {
    return new Date(this.#props.clock.now.getTime() + seconds * 1000);
  }
}

const timedInput = z.object({ input: z.unknown(), timeoutSeconds: z.int().positive() });

/** The input of the service, and how long the answer may take. */
function taskInput({ timeoutSeconds }: TaskState, input: unknown): Pick<Visit, 'input' | 'timeoutSeconds'> {
  if (timeoutSeconds !== 'input') return { input, timeoutSeconds };
  const timed = timedInput.safeParse(input);
  if (!timed.success) {
    throw new TaskError('States.Runtime', `TimeoutSecondsPath: ${z.prettifyError(timed.error)}`);
  }
  return timed.data;
}

/** A value with what stands for a text replaced by it, at any depth. */
function withText(value: unknown, placeholder: string, text: string): unknown {
  if (typeof value === 'string') return value.replaceAll(placeholder, text);
  if (Array.isArray(value)) return value.map(item => withText(item, placeholder, text));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withText(inner, placeholder, text)]),
  );
}
