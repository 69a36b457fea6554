import { identityOf } from '../../core/storage/digest.ts';
import { messageOf } from '../../core/telemetry/errors.ts';
import { UnsupportedError } from '../errors.ts';
import type { Delivery } from '../state/deliveries.ts';
import { isObject } from '../template/intrinsics.ts';
import type { Resource, Resources } from '../template/resources.ts';
import { type BusEvent, EMITTED } from './event.ts';
import { compilePattern, type EventMatcher, keyPrefixes } from './event-pattern.ts';
import { inputProblems, targetInput } from './target-input.ts';

type Rule = Resource<'AWS::Events::Rule'>;

interface PatternRule {
  readonly rule: Rule;
  readonly matches: EventMatcher;
}

/** The rules that wait for events. */
export class EventRules {
  readonly #rules: readonly PatternRule[];

  /** @throws UnsupportedError for a pattern or target that is not known, or that waits for what never comes. */
  constructor(resources: Resources) {
    const problems = resources
      .of('AWS::Events::Rule')
      .flatMap(({ place, properties }) =>
        properties.Targets.flatMap(inputProblems).map(problem => `${place}: Targets: ${problem}`),
      );
    if (problems.length > 0) throw new UnsupportedError(problems);
    this.#rules = resources
      .of('AWS::Events::Rule')
      .filter(({ properties }) => properties.EventPattern !== undefined && properties.State === 'ENABLED')
      .map(rule => ({ rule, matches: compile(rule) }));
  }

  /** What an event sets off: one delivery per target of each rule that wants it. */
  deliveries(event: BusEvent): Delivery[] {
    return this.#rules
      .filter(({ matches }) => matches(event))
      .flatMap(({ rule }) => ruleDeliveries(rule, event));
  }

  /** Where in a bucket new objects can matter to a rule: key prefixes, none of which begins with another. */
  watchedPrefixes(bucket: string): string[] {
    const prefixes = this.#rules.flatMap(({ rule }) => {
      const detail = rule.properties.EventPattern?.detail;
      const wanted = isObject(detail) ? detail : {};
      const buckets = isObject(wanted.bucket) ? wanted.bucket.name : undefined;
      const named = Array.isArray(buckets) && buckets.every(name => typeof name === 'string');
      if (!isS3Rule(rule) || (named && !buckets.includes(bucket))) return [];
      return keyPrefixes(isObject(wanted.object) ? wanted.object.key : undefined);
    });
    const distinct = [...new Set(prefixes)].sort();
    return distinct.filter((prefix, i) => !distinct.slice(0, i).some(shorter => prefix.startsWith(shorter)));
  }
}

/** What a rule sends to its targets for an event. */
export function ruleDeliveries(rule: Rule, event: BusEvent): Delivery[] {
  return rule.properties.Targets.map(target => ({
    id: identityOf([rule.arn, target.Id, event.id]),
    target: target.Arn,
    input: targetInput(target, event, rule),
    time: event.time,
  }));
}

function isS3Rule({ properties }: Rule): boolean {
  const sources = properties.EventPattern?.source;
  return !Array.isArray(sources) || sources.includes('aws.s3');
}

function compile({ place, properties }: Rule): EventMatcher {
  const pattern = properties.EventPattern ?? {};
  const problems = unheard(pattern);
  let matches: EventMatcher = () => false;
  try {
    matches = compilePattern(pattern);
  } catch (error) {
    problems.push(messageOf(error));
  }
  if (problems.length > 0)
    throw new UnsupportedError(problems.map(problem => `${place}: EventPattern: ${problem}`));
  return matches;
}

/** Sources and detail types in a pattern that the embedded cloud never sends. */
function unheard(pattern: Readonly<Record<string, unknown>>): string[] {
  const { source, 'detail-type': detailType } = pattern;
  const sources: unknown[] = Array.isArray(source) ? source : Object.keys(EMITTED);
  const types: unknown[] = Array.isArray(detailType) ? detailType : [];
  return [
    ...sources
      .filter(name => typeof name !== 'string' || EMITTED[name] === undefined)
      .map(name => `found source ${JSON.stringify(name)}; sent here are: ${Object.keys(EMITTED).join(', ')}`),
    ...types
      .filter(type => !sources.some(name => EMITTED[String(name)]?.includes(String(type))))
      .map(
        type =>
          `found detail-type ${JSON.stringify(type)}; sent here are: ${Object.values(EMITTED).flat().join(', ')}`,
      ),
  ];
}
