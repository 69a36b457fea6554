import type { StateMachine } from 'aws-local-stepfunctions';
import type { CloudEvent } from '../cloud-event.ts';

type LogEvent = Awaited<ReturnType<ReturnType<StateMachine['run']>['eventLogs']['next']>>['value'];

type StateEvent = Extract<CloudEvent, { state: string }>;
type WithoutExecution<T> = T extends unknown ? Omit<T, 'machine' | 'execution' | 'time'> : never;

/** What happened to a state of an execution. */
export type StateProgress = WithoutExecution<StateEvent>;

/**
 * Follows the interpreter's log of one execution.
 * @param waits Names of the states that are Wait states in truth.
 */
export function stateProgress(waits: ReadonlySet<string>): (event: LogEvent) => StateProgress[] {
  /** When each state was entered, milliseconds. States of one name and item never overlap. */
  const entered = new Map<string, number>();
  return event => {
    if (!('state' in event)) return [];
    const { state, timestamp } = event;
    const key = `${event.index ?? ''}/${state.name}`;
    const seconds = (timestamp - (entered.get(key) ?? timestamp)) / 1000;
    const type = waits.has(state.name) ? 'Wait' : state.type;
    const of = { state: state.name, type, ...(event.index === undefined ? {} : { index: event.index }) };
    switch (event.type) {
      case 'StateEntered':
        entered.set(key, timestamp);
        return [{ kind: 'state-entered', ...of }];
      case 'StateExited':
        return [{ kind: 'state-succeeded', ...of, seconds }];
      case 'StateFailed':
        return [{ kind: 'state-failed', ...of, seconds, error: event.Error, cause: String(event.Cause) }];
      case 'StateRetried':
        entered.set(key, timestamp);
        return [{ kind: 'state-retried', ...of, attempt: event.retry.attempt }];
      default:
        return [];
    }
  };
}
