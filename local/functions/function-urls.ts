import { ENVIRONMENT } from '../../core/telemetry/environment.ts';
import { UnsupportedError } from '../errors.ts';
import type { Resources } from '../template/resources.ts';

/** A function that answers HTTP requests. */
export interface FunctionUrl {
  /** The model that it serves: the first part of its path on this machine. */
  readonly model: string;
  readonly functionArn: string;
}

/** @throws UnsupportedError for a URL of a function that is not in the template, or serves no model. */
export function functionUrls(resources: Resources): FunctionUrl[] {
  const functions = resources.of('AWS::Lambda::Function');
  return resources.of('AWS::Lambda::Url').map(({ place, properties: { TargetFunctionArn } }) => {
    const target = functions.find(({ arn, name }) => arn === TargetFunctionArn || name === TargetFunctionArn);
    const model = target?.properties.Environment?.Variables[ENVIRONMENT.servedModel];
    if (target !== undefined && model !== undefined) return { model, functionArn: target.arn };
    throw new UnsupportedError([
      target === undefined
        ? `${place}: found the target ${TargetFunctionArn}; allowed: functions of the app`
        : `${place}: its function has no ${ENVIRONMENT.servedModel}, which says where it answers on this machine`,
    ]);
  });
}
