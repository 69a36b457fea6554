import { describe, expect, test } from 'vitest';
import { lossOf } from '../../../../core/training/gradient-boosting/losses/loss-of.ts';
import { fc } from '../../../support/properties.ts';
import { numbers, OBJECTIVES } from './support.ts';

const raws = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });

describe.each(OBJECTIVES)('$kind', (objective, targetOf) => {
  const loss = lossOf(objective);

  /** The loss of one example of weight 1, as a function of the raw prediction of an output. */
  const lossAt = (raw: readonly number[], target: number, output: number, shift: number): number =>
    loss.mean(
      raw.slice(0, loss.outputs).map((value, k) => numbers(value + (k === output ? shift : 0))),
      { target: numbers(target), weights: undefined },
    );

  function derivativesAt(raw: readonly number[], target: number, output: number, weight: number) {
    const into = { gradient: numbers(0), hessian: numbers(0) };
    const of = raw.slice(0, loss.outputs).map(value => numbers(value));
    loss.beginRound(of);
    loss.derivatives(of, output, { target: numbers(target), weights: numbers(weight) }, into);
    return { gradient: into.gradient[0] ?? Number.NaN, hessian: into.hessian[0] ?? Number.NaN };
  }

  test('the gradient is the slope of the loss, times the weight', () => {
    fc.assert(
      fc.property(
        raws,
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.nat({ max: loss.outputs - 1 }),
        (raw, score, output) => {
          const target = targetOf(score);
          // No slope is defined at the kink of the pinball loss.
          fc.pre(Math.abs((raw[0] ?? 0) - target) > 1e-3);
          const step = 1e-5;
          const slope = (lossAt(raw, target, output, step) - lossAt(raw, target, output, -step)) / (2 * step);
          expect(derivativesAt(raw, target, output, 2.5).gradient).toBeCloseTo(2.5 * slope, 6);
        },
      ),
    );
  });

  test('the second derivative is the slope of the gradient, or the weight by convention', () => {
    fc.assert(
      fc.property(
        raws,
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.nat({ max: loss.outputs - 1 }),
        (raw, score, output) => {
          const target = targetOf(score);
          const { hessian } = derivativesAt(raw, target, output, 2);
          if (loss.constantHessian) {
            expect(hessian).toBe(2);
            return;
          }
          const step = 1e-5;
          const gradientAt = (shift: number): number =>
            derivativesAt(
              raw.map((value, k) => value + (k === output ? shift : 0)),
              target,
              output,
              2,
            ).gradient;
          expect(hessian).toBeCloseTo((gradientAt(step) - gradientAt(-step)) / (2 * step), 6);
        },
      ),
    );
  });

  test('no other constant has less loss than the start', () => {
    const target = numbers(...[-2.5, -0.7, 0.2, 0.6, 0.8, 1.4, 2.9, 3.3].map(targetOf));
    const labelled = { target, weights: numbers(1, 2, 1, 3, 1, 2, 1, 1) };
    const start = loss.start(labelled);
    const lossOfConstant = (shift: number, output: number): number =>
      loss.mean(
        [...start].map((value, k) =>
          new Float64Array(target.length).fill(value + (k === output ? shift : 0)),
        ),
        labelled,
      );
    for (const [output] of start.entries()) {
      for (const shift of [-0.5, -0.01, 0.01, 0.5]) {
        expect(lossOfConstant(shift, output)).toBeGreaterThanOrEqual(lossOfConstant(0, output) - 1e-12);
      }
    }
  });
});

test.each([
  [{ kind: 'squared' } as const, 3, [3]],
  [{ kind: 'poisson' } as const, Math.log(4), [4]],
  [{ kind: 'logistic' } as const, Math.log(3), [0.25, 0.75]],
])('predictions of $kind', (objective, raw, expected) => {
  const loss = lossOf(objective);
  const into = new Float64Array(loss.predictions);
  loss.predict([raw], into);
  expect([...into].map(value => Number(value.toFixed(12)))).toEqual(expected);
});

test('softmax stays finite for raw predictions beyond the range of the exponential function', () => {
  const loss = lossOf({ kind: 'softmax', classes: 3 });
  const into = new Float64Array(3);
  loss.predict([1000, 1000, -1000], into);
  expect([...into]).toEqual([0.5, 0.5, 0]);
});

test('an upward Poisson step is the logarithm of the factor that the mean is to grow by', () => {
  const { leafStep } = lossOf({ kind: 'poisson' });
  expect(leafStep(9)).toBeCloseTo(Math.log(10), 15);
  expect(leafStep(-0.4)).toBe(-0.4);
});
