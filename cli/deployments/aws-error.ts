import { AnteiError } from '../../core/telemetry/errors.ts';

/** AWS did not do what a command needs. */
export class AwsError extends AnteiError {
  override readonly name = 'AwsError';
}
