import { candidateProblems } from './candidate-problems.ts';
import { cycleOf } from './learning.ts';
import { directionOf, METRICS } from './metrics.ts';
import { releaseProblems } from './release.ts';
import { isTabular, type Spec, type TabularSpec } from './schema.ts';
import { seriesProblems, splitProblems } from './series-problems.ts';
import { listOf, type SpecProblem } from './spec-problem.ts';
import { tableProblems } from './table-problems.ts';

/** What one field of a spec says of another. The schema has passed already. */
export function consistencyProblems(spec: Spec): SpecProblem[] {
  return [
    ...tableProblems(spec),
    ...(isTabular(spec) ? exampleProblems(spec) : [...seriesProblems(spec), ...splitProblems(spec)]),
    ...candidateProblems(spec),
    ...gateProblems(spec),
    ...releaseProblems(spec),
  ];
}

/** What needs no SQL; the rest of a tabular spec is judged where its expressions are bound. */
function* exampleProblems(spec: TabularSpec): Iterable<SpecProblem> {
  const { slices, examples, tables, monitoring } = spec;
  if (cycleOf(monitoring) !== undefined && (examples.time ?? tables[examples.base]?.time) === undefined) {
    yield {
      path: ['monitoring', 'drift', 'season'],
      message: `needs to know when a row happened; add "time:" to table ${examples.base}`,
    };
  }
  const features = Object.keys(examples.features);
  for (const [i, slice] of slices.entries()) {
    if (!features.includes(slice)) {
      yield {
        path: ['slices', i],
        message: `there is no feature "${slice}"; features here: ${listOf(features)}`,
      };
    }
  }
}

/** A bound on the wrong side would let through everything, or nothing. */
function* gateProblems({ gate }: Spec): Iterable<SpecProblem> {
  const better = directionOf(gate.metric);
  const wrong = better === 'lower' ? 'min' : 'max';
  const right = better === 'lower' ? 'max' : 'min';
  if (gate[wrong] === undefined) return;
  const { label } = METRICS[gate.metric];
  yield {
    path: ['gate', wrong],
    message: `${label} is better when ${better}; the limit goes under "${right}"`,
  };
}
