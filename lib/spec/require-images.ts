import type { Spec } from '../../core/spec/schema.ts';
import { SpecError } from '../../core/telemetry/errors.ts';

/** On AWS a script runs in a container. Throws SpecError for scripts that name none. */
export function requireImages(specs: readonly Spec[]): void {
  const problems = specs.flatMap(({ name, candidates }) =>
    candidates.flatMap(({ command, image }, i) =>
      command === undefined || image !== undefined
        ? []
        : [
            `models/${name}.yaml: candidates.${i}.image: is missing; on AWS the script "${command.join(' ')}" runs in a ` +
              'container: push an image with the program to Amazon ECR and name it here',
          ],
    ),
  );
  if (problems.length > 0) throw new SpecError(problems);
}
