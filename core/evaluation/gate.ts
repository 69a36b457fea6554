import { readableMetric, readableNumber } from '../insights/readable.ts';
import { isBetter } from '../spec/metrics.ts';
import type { Spec } from '../spec/schema.ts';

/** A model with the gate's metric on the test part; null where the metric cannot be computed. */
interface Contender {
  readonly trainer: string;
  readonly value: number | null;
}

export interface GateCase {
  readonly gate: Spec['gate'];
  readonly chosen: Contender;
  readonly baseline: Contender;
  /** The version in production, its recipe fitted on the same data; undefined when there is none. */
  readonly champion: (Contender & { readonly version: number; readonly sameRecipe: boolean }) | undefined;
}

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
 * Whether the chosen candidate may become a version: its metric on the test part is within the limit, strictly better
 * than the baseline's, and not worse than the champion's.
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
  if (gate.better_than.includes('baseline')) {
    if (chosen.trainer === baseline.trainer) {
      yield { holds: false, text: 'it is the baseline itself, which it would have to beat' };
    } else if (baseline.value === null) {
      yield { holds: true, text: 'the baseline has no value to compare with' };
    } else {
      const holds = isBetter(gate.metric, value, baseline.value);
      yield {
        holds,
        text: `it is ${holds ? '' : 'not '}better than the baseline's ${readableNumber(baseline.value)}`,
      };
    }
  }
  if (gate.better_than.includes('champion') && champion !== undefined) {
    const name = `version ${champion.version} in production`;
    if (champion.sameRecipe) {
      yield { holds: true, text: `it has the recipe of ${name}, on the data of today` };
    } else if (champion.value === null) {
      yield { holds: true, text: `${name} has no value to compare with` };
    } else {
      const holds = !isBetter(gate.metric, champion.value, value);
      yield {
        holds,
        text: `it is ${holds ? 'not worse' : 'worse'} than ${name} (${readableNumber(champion.value)} on the same data)`,
      };
    }
  }
}
