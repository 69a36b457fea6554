import type { Spec } from './schema.ts';
import { scriptProblems } from './script.ts';
import { MOST_RUNS, runsOf, searchProblems } from './search.ts';
import type { SpecProblem } from './spec-problem.ts';
import { WITHOUT_NUMBERS } from './trainer-names.ts';

/** What the fields of candidates say of each other. */
export function* candidateProblems(spec: Spec): Iterable<SpecProblem> {
  const seen = new Set<string>();
  for (const [i, candidate] of spec.candidates.entries()) {
    const text = JSON.stringify(candidate);
    if (seen.has(text)) yield { path: ['candidates', i], message: 'the same candidate stands above already' };
    seen.add(text);
    for (const { field, message } of [
      ...fileProblems(candidate),
      ...scriptProblems(candidate),
      ...searchProblems(candidate),
    ]) {
      yield { path: ['candidates', i, ...field], message };
    }
    const instead = WITHOUT_NUMBERS[candidate.trainer];
    if (candidate.space !== undefined && instead !== undefined) {
      yield {
        path: ['candidates', i, 'space'],
        message: `is for numbers to draw; the trainer ${candidate.trainer} ${instead}`,
      };
    }
  }
  const runs = spec.candidates.reduce((sum, candidate) => sum + runsOf(candidate), 0);
  if (runs > MOST_RUNS) {
    yield {
      path: ['candidates'],
      message: `ask for ${runs} runs together; the most allowed is ${MOST_RUNS}`,
    };
  }
}

/** A candidate either brings a trained model or says how to train one. */
function* fileProblems({ trainer, file, ...search }: Spec['candidates'][number]) {
  if (trainer !== 'onnx') {
    if (file !== undefined) yield { field: ['file'], message: 'is for the trainer "onnx" only' };
    return;
  }
  if (file === undefined) {
    yield { field: ['file'], message: 'is missing; the trainer "onnx" needs the path of a trained model' };
  }
  for (const [section, value] of Object.entries(search)) {
    if (JSON.stringify(value ?? {}) !== '{}') {
      yield {
        field: [section],
        message: 'is for methods that learn; "onnx" brings a model that is trained already',
      };
    }
  }
}
