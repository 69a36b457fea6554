import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs a program to its end, without a shell. */
export async function command(
  program: string,
  args: readonly string[],
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(program, args, {
    env,
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr, seconds: (performance.now() - begun) / 1000 };
}

/** Runs a program that must succeed; what it printed, else an error with all that it said. */
export async function succeeding(...[program, args, options]: Parameters<typeof command>): Promise<Ended> {
  const ended = await command(program, args, options);
  if (ended.code === 0) return ended;
  throw new Error(
    `${program} ${args.join(' ')} ended with ${ended.code}\n${ended.stdout.slice(-4000)}\n${ended.stderr.slice(-4000)}`,
  );
}
