import { identityOf } from '../../core/storage/digest.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resources } from '../template/resources.ts';
import { FunctionError } from './function-error.ts';
import type { FunctionPool } from './function-pool.ts';

/** Lambda tries an asynchronous invocation again twice unless told otherwise. */
const DEFAULT_RETRIES = 2;

interface Settings {
  readonly retries: number;
  /** ARN of what gets the events that failed. */
  readonly onFailure?: string;
  /** Whether `onFailure` gets the bare event, as a dead letter queue does, or a record of the invocation. */
  readonly bare: boolean;
}

/** Invocations that nobody waits for: by rules, schedules, alarms and topics. */
export class AsyncInvocations {
  readonly #functions: FunctionPool;
  readonly #settings: ReadonlyMap<string, Settings>;
  readonly #owe: (delivery: Delivery) => Promise<void>;

  constructor(resources: Resources, functions: FunctionPool, owe: (delivery: Delivery) => Promise<void>) {
    this.#functions = functions;
    this.#owe = owe;
    const configured = resources.of('AWS::Lambda::EventInvokeConfig');
    this.#settings = new Map(
      resources.of('AWS::Lambda::Function').map(({ arn, name, properties }): [string, Settings] => {
        const config = configured.find(
          ({ properties: { FunctionName } }) => FunctionName === name || FunctionName === arn,
        );
        const destination = config?.properties.DestinationConfig.OnFailure?.Destination;
        const onFailure = destination ?? properties.DeadLetterConfig?.TargetArn;
        return [
          arn,
          {
            retries: config?.properties.MaximumRetryAttempts ?? DEFAULT_RETRIES,
            ...(onFailure === undefined ? {} : { onFailure }),
            bare: destination === undefined,
          },
        ];
      }),
    );
  }

  /** Invokes until it succeeds or the attempts are used up; then the event goes to where failures go. */
  async deliver({ id, target, input, time }: Delivery): Promise<void> {
    const { retries, onFailure, bare } = this.#settings.get(target) ?? {
      retries: DEFAULT_RETRIES,
      bare: true,
    };
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#functions.invoke(target, input);
        return;
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        if (attempt < retries) continue;
        if (onFailure === undefined) return;
        const record = {
          version: '1.0',
          timestamp: time,
          requestContext: {
            requestId: id,
            functionArn: target,
            condition: 'RetriesExhausted',
            approximateInvokeCount: attempt + 1,
          },
          requestPayload: input,
          responsePayload: JSON.parse(error.message),
        };
        await this.#owe({
          id: identityOf([id, onFailure]),
          target: onFailure,
          input: bare ? input : record,
          time,
        });
        return;
      }
    }
  }
}
