import { readableMetric, readableNumber } from '../insights/readable.ts';
import { directionOf } from '../spec/metrics.ts';
import type { Spec } from '../spec/schema.ts';
import type { Difference } from './bootstrap.ts';

/** A model with the gate's metric on the test part; null where the metric cannot be computed. */
interface Contender {
  readonly trainer: string;
  readonly value: number | null;
}

/** A model that the candidate is compared with. */
interface Opponent extends Contender {
  /** The candidate's metric minus this one's, at `boundConfidence`; undefined where the two have no point in common. */
  readonly difference: Difference | undefined;
}

export interface GateCase {
  readonly gate: Spec['gate'];
  readonly chosen: Contender;
  readonly baseline: Opponent;
  /** The version in production, its recipe fitted on the same data; undefined when there is none. */
  readonly champion: (Opponent & { readonly version: number; readonly sameRecipe: boolean }) | undefined;
}

/** A gate of this confidence asks which figure is better, and not how sure that is. */
const EITHER = 0.5;

/** Where the better figure is enough, the reason still says how sure it is. */
const USUAL_CONFIDENCE = 0.9;

/** The confidence of each bound of the differences that `judge` is given. */
export const boundConfidence = ({ confidence }: Pick<Spec['gate'], 'confidence'>): number =>
  confidence === EITHER ? USUAL_CONFIDENCE : confidence;

export interface GateDecision {
  readonly passed: boolean;
  /** One plain sentence with the numbers that decided, without a full stop. */
  readonly reason: string;
}

/** One condition of the gate, as the second half of a sentence about the candidate. */
interface Finding {
  readonly holds: boolean;
  readonly text: string;
}

/**
 * Whether the chosen candidate may become a version: its metric on the test part is within the limit; with the gate's
 * confidence it is better than the baseline's; and it is not, with that confidence, worse than the champion's. So
 * chance neither passes for progress nor keeps newer data out.
 */
export function judge(gateCase: GateCase): GateDecision {
  const { gate, chosen } = gateCase;
  const metric = readableMetric(gate.metric);
  if (chosen.value === null) {
    return {
      passed: false,
      reason:
        `${chosen.trainer} is refused: ${metric} cannot be computed on the test part, ` +
        'because the values there do not vary, or none has a prediction',
    };
  }
  const findings = [...findingsOf(gateCase, chosen.value)];
  const broken = findings.filter(({ holds }) => !holds);
  const verdict = broken.length === 0 ? 'passes' : 'is refused';
  const told = (broken.length === 0 ? findings : broken).map(({ text }) => text);
  const because = told.length === 0 ? 'the gate asks for nothing more' : told.join(', and ');
  return {
    passed: broken.length === 0,
    reason: `${chosen.trainer} ${verdict} with ${metric} ${readableNumber(chosen.value)} on the test part: ${because}`,
  };
}

function* findingsOf({ gate, chosen, baseline, champion }: GateCase, value: number): Iterable<Finding> {
  if (gate.max !== undefined) {
    const holds = value <= gate.max;
    yield { holds, text: `it ${holds ? 'is within' : 'exceeds'} the limit of ${gate.max}` };
  }
  if (gate.min !== undefined) {
    const holds = value >= gate.min;
    yield { holds, text: `it ${holds ? 'reaches' : 'does not reach'} the limit of ${gate.min}` };
  }
  if (gate.better_than.includes('baseline')) yield againstBaseline(gate, chosen, baseline);
  if (gate.better_than.includes('champion') && champion !== undefined) yield againstChampion(gate, champion);
}

function againstBaseline(gate: Spec['gate'], chosen: Contender, baseline: Opponent): Finding {
  if (chosen.trainer === baseline.trainer) {
    return { holds: false, text: 'it is the baseline itself, which it would have to beat' };
  }
  if (baseline.value === null) return { holds: true, text: 'the baseline has no value to compare with' };
  const { difference } = baseline;
  if (difference === undefined) return { holds: false, text: 'it has no point in common with the baseline' };
  const name = `the baseline's ${readableNumber(baseline.value)}`;
  const evidence = `(${inWords(difference, gate)})`;
  const { by, atMost } = worseBy(gate, difference);
  if (by >= 0) return { holds: false, text: `it is not better than ${name} ${evidence}` };
  if (atMost < 0) return { holds: true, text: `it is better than ${name} ${evidence}` };
  const side = directionOf(gate.metric) === 'lower' ? 'below' : 'above';
  return gate.confidence === EITHER
    ? { holds: true, text: `it is ${side} ${name}, perhaps by chance, which this gate lets pass ${evidence}` }
    : { holds: false, text: `it is ${side} ${name}, but that may be chance ${evidence}` };
}

function againstChampion(gate: Spec['gate'], champion: NonNullable<GateCase['champion']>): Finding {
  const name = `version ${champion.version} in production`;
  if (champion.sameRecipe) {
    return { holds: true, text: `it has the recipe of ${name}, on the data of today` };
  }
  if (champion.value === null) return { holds: true, text: `${name} has no value to compare with` };
  const { difference } = champion;
  if (difference === undefined) return { holds: false, text: `it has no point in common with ${name}` };
  const evidence = `(${readableNumber(champion.value)} on the same data; ${inWords(difference, gate)})`;
  const { by, atLeast } = worseBy(gate, difference);
  if (by <= 0) return { holds: true, text: `it is not worse than ${name} ${evidence}` };
  const side = directionOf(gate.metric) === 'lower' ? 'above' : 'below';
  return gate.confidence === EITHER || atLeast > 0
    ? { holds: false, text: `it is worse than ${name} ${evidence}` }
    : { holds: true, text: `it is ${side} ${name}, but that may be chance ${evidence}` };
}

/** How much worse the candidate is, and the bounds of that, whichever way the metric is better. */
const worseBy = (
  { metric }: Spec['gate'],
  { value, lower, upper }: Difference,
): { readonly by: number; readonly atLeast: number; readonly atMost: number } =>
  directionOf(metric) === 'lower'
    ? { by: value, atLeast: lower, atMost: upper }
    : { by: -value, atLeast: -upper, atMost: -lower };

/** Two one-sided bounds make an interval that misses on either side. */
function inWords({ value, lower, upper }: Difference, gate: Spec['gate']): string {
  const level = readableNumber((2 * boundConfidence(gate) - 1) * 100);
  const [middle, from, to] = [value, lower, upper].map(number => readableNumber(number));
  return `difference ${middle}, ${level} % interval ${from} to ${to}`;
}
