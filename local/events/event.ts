/** An event on the default bus, in EventBridge's own shape. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Every kind of event that the embedded cloud sends; a rule that waits for another would wait forever. */
export const EMITTED: Readonly<Record<string, readonly string[]>> = {
  'aws.s3': ['Object Created'],
  'aws.cloudwatch': ['CloudWatch Alarm State Change'],
  'aws.states': ['Step Functions Execution Status Change'],
};

/** As EventBridge writes time: without fractions of a second. */
export const eventTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;
