export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';

interface OfExecution {
  /** Name of the state machine. */
  readonly machine: string;
  /** Name of the execution. */
  readonly execution: string;
}

interface OfState extends OfExecution {
  readonly state: string;
  /** Task, Choice, Map, Wait … */
  readonly type: string;
  /** Position of the item, inside a Map. */
  readonly index?: number;
}

/** What happens in the embedded cloud, as it happens. `time` is the virtual clock; `seconds` were really spent. */
export type CloudEvent = { readonly time: Date } & (
  | ({ readonly kind: 'execution-started' } & OfExecution)
  /** After a restart: what it had done before is not told again. */
  | ({ readonly kind: 'execution-resumed' } & OfExecution)
  /** A state waits for an answer from outside. */
  | ({ readonly kind: 'answer-awaited'; readonly state: string; readonly token: string } & OfExecution)
  | ({
      readonly kind: 'execution-ended';
      readonly status: ExecutionStatus;
      readonly seconds: number;
      /** Name and cause of the error, unless it succeeded. */
      readonly error?: { readonly name: string; readonly cause: string };
    } & OfExecution)
  | ({ readonly kind: 'state-entered' } & OfState)
  | ({ readonly kind: 'state-succeeded'; readonly seconds: number } & OfState)
  | ({
      readonly kind: 'state-failed';
      readonly seconds: number;
      readonly error: string;
      readonly cause: string;
    } & OfState)
  | ({ readonly kind: 'state-retried'; readonly attempt: number } & OfState)
  | {
      readonly kind: 'object-created';
      readonly bucket: string;
      readonly key: string;
      /** Bytes. */
      readonly size: number;
    }
  | { readonly kind: 'schedule-fired'; readonly schedule: string }
  | {
      readonly kind: 'alarm-changed';
      readonly alarm: string;
      readonly from: AlarmState;
      readonly to: AlarmState;
      readonly reason: string;
    }
  | {
      readonly kind: 'message-published';
      readonly topic: string;
      readonly subject: string;
      /** Who would have got it: `email:owner@example.com`. */
      readonly endpoints: readonly string[];
    }
);
