import type { InferenceSession } from 'onnxruntime-web';
import { TrainingError } from '../../telemetry/errors.ts';
import type { Question } from '../tabular/question.ts';
import type { Subject } from '../tabular/tabular-method.ts';

/** An input or output as the model declares it. */
export type Slot = InferenceSession.ValueMetadata;
type TensorSlot = Extract<Slot, { isTensor: true }>;
type Feature = Subject['features'][number];

/** Types of inputs, by the kind of feature that fits into them. */
const INPUT_TYPES = {
  number: ['float32', 'float64', 'int64', 'int32', 'bool'],
  category: ['string'],
} as const;
export type InputType = (typeof INPUT_TYPES)[keyof typeof INPUT_TYPES][number];

/** One tensor that the model takes: the features in its columns. */
export interface InputPlan {
  readonly name: string;
  readonly type: InputType;
  readonly features: readonly string[];
  /** 1 for a plain list of values, 2 for rows and columns. */
  readonly rank: 1 | 2;
}

/** The outputs that are read. */
export interface OutputPlan {
  readonly values: string;
  /** The most probable class in the model's own words; absent where it does not say. */
  readonly labels?: string;
}

/**
 * How features go into a model: all of them as the columns of its one input, in the order of the spec, as scikit-learn,
 * LightGBM, XGBoost and PyTorch export models of a matrix; or each into the input of its name, as scikit-learn exports
 * pipelines over a data frame.
 * @throws TrainingError that names every input and feature that does not fit.
 */
export function planInputs(inputs: readonly Slot[], features: readonly Feature[]): InputPlan[] {
  const [only] = inputs;
  const matrix =
    inputs.length === 1 && only?.isTensor && only.shape.length === 2 && !isColumn(only, features)
      ? only
      : undefined;
  const problems = matrix ? matrixProblems(matrix, features) : columnProblems(inputs, features);
  if (problems.length > 0) {
    throw new TrainingError(
      `The model's inputs do not fit the features: ${problems.join('; ')}. Its inputs: ` +
        `${inputs.map(inWords).join(', ') || 'none'}. Features of the spec: ` +
        `${features.map(({ name, kind }) => `${quoted(name)} (${kind})`).join(', ')}.`,
    );
  }
  if (matrix) {
    return [{ name: matrix.name, type: typeOf(matrix), features: features.map(({ name }) => name), rank: 2 }];
  }
  return inputs.filter(isTensor).map(slot => ({
    ...{ name: slot.name, type: typeOf(slot), features: [slot.name] },
    rank: slot.shape.length === 1 ? 1 : 2,
  }));
}

/** Whether a lone input is the column of one feature instead of a matrix of all. */
const isColumn = ({ name, shape }: TensorSlot, features: readonly Feature[]): boolean =>
  shape[1] === 1 && features.some(feature => feature.name === name);

function matrixProblems(slot: TensorSlot, features: readonly Feature[]): string[] {
  const [rows, width] = slot.shape;
  const problems: string[] = [];
  if (!isOpen(rows)) problems.push(fixedRows(slot));
  if (!isOpen(width) && width !== features.length) {
    problems.push(`input ${quoted(slot.name)} takes ${width} features, the spec has ${features.length}`);
  }
  const unfit = features.filter(feature => !takes(slot, feature));
  if (unfit.length > 0) {
    const names = unfit.map(({ name, kind }) => `${quoted(name)}, a ${kind}`).join(', ');
    problems.push(
      `input ${quoted(slot.name)} of type ${slot.type} cannot take ${names}; models of both numbers and text need ` +
        'an input for each feature',
    );
  }
  return problems;
}

function columnProblems(inputs: readonly Slot[], features: readonly Feature[]): string[] {
  const problems = inputs.flatMap(slot => {
    const feature = features.find(({ name }) => name === slot.name);
    if (feature === undefined) return [`input ${quoted(slot.name)} is no feature`];
    if (!isTensor(slot)) return [`input ${quoted(slot.name)} is no tensor`];
    const [rows, width = 1] = slot.shape;
    if (slot.shape.length < 1 || slot.shape.length > 2 || (!isOpen(width) && width !== 1)) {
      return [`input ${quoted(slot.name)} must have one value for each row`];
    }
    if (!isOpen(rows)) return [fixedRows(slot)];
    if (takes(slot, feature)) return [];
    const allowed = INPUT_TYPES[feature.kind].join(', ');
    return [`input ${quoted(slot.name)} has type ${slot.type}; a ${feature.kind} needs ${allowed}`];
  });
  const lacking = features.filter(({ name }) => !inputs.some(slot => slot.name === name));
  if (lacking.length > 0) {
    problems.push(`there is no input for ${lacking.map(({ name }) => quoted(name)).join(', ')}`);
  }
  return problems;
}

const fixedRows = ({ name, shape }: TensorSlot): string =>
  `input ${quoted(name)} takes exactly ${shape[0] ?? 'one value and no'} rows at a time; export the model with a ` +
  'dynamic batch';

const takes = ({ type }: TensorSlot, { kind }: Feature): boolean =>
  INPUT_TYPES[kind].some(allowed => allowed === type);

function typeOf({ type }: TensorSlot): InputType {
  const known = [...INPUT_TYPES.number, ...INPUT_TYPES.category].find(allowed => allowed === type);
  if (known === undefined) throw new TypeError(`${type} has passed the check of its type`);
  return known;
}

/** What exporters call the probabilities where other numbers come out beside them. */
const PROBABILITIES = ['probabilities', 'probability', 'output_probability'];

const LABEL_TYPES = ['string', 'int64', 'int32', 'bool'];

/**
 * Where a model's answer comes out: the one output of floating-point numbers; of several, the one that is called
 * probabilities.
 * @param widths How many values a row may have; undefined where nobody knows yet.
 * @throws TrainingError that says which outputs there are, and what is needed.
 */
export function planOutputs(
  outputs: readonly Slot[],
  task: Question['task'],
  widths: readonly number[] | undefined,
): OutputPlan {
  const tensors = outputs.filter(isTensor);
  const numbers = tensors.filter(({ type }) => type === 'float32' || type === 'float64');
  const named = numbers.filter(({ name }) => PROBABILITIES.includes(name));
  const [values] = numbers.length === 1 || named.length !== 1 ? numbers : named;
  const refuse = (what: string): never => {
    throw new TrainingError(
      `The model's outputs do not fit the task: ${what}. Its outputs: ${outputs.map(inWords).join(', ') || 'none'}.`,
    );
  };
  if (values === undefined) {
    const other = tensors.length < outputs.length ? '; what is no tensor cannot be read' : '';
    return refuse(`a ${task} needs one of type float32 or float64${other}`);
  }
  if (numbers.length > 1 && named.length !== 1) {
    return refuse(
      `a ${task} needs one of floating-point numbers` +
        (task === 'classification' ? ', or one of them called probabilities' : ''),
    );
  }
  const width = widthOf(values);
  if (width === undefined || !(isOpen(width) || (widths ?? [width]).includes(width))) {
    const allowed = widths === undefined ? 'a plain list of values' : `${widths.join(' or ')} values`;
    refuse(`output ${quoted(values.name)} must have ${allowed} for each row`);
  }
  const labels = tensors.filter(slot => LABEL_TYPES.includes(slot.type) && widthOf(slot) === 1);
  const [label] = labels;
  const told = task === 'classification' && label !== undefined && labels.length === 1;
  return { values: values.name, ...(told && { labels: label.name }) };
}

/** Values for each row of the outputs that answer a question. */
export const widthsOf = (question: Question): readonly number[] => {
  if (question.task === 'regression') return [1];
  const classes = question.classes.length;
  // Of two classes, the probability of the second says all.
  return classes === 2 ? [2, 1] : [classes];
};

/** Values for each row; a dimension that is open may be anything, as may a shape that is not declared. */
function widthOf({ shape }: TensorSlot): number | string | undefined {
  if (shape.length === 0) return OPEN;
  return shape.length > 2 ? undefined : (shape[1] ?? 1);
}

const OPEN = -1;

/** Whether a dimension is decided when the model runs: it has a name, or the largest number of its type, or -1. */
const isOpen = (size: number | string | undefined): size is number | string =>
  typeof size === 'string' || (typeof size === 'number' && (size < 0 || size > 0x7fffffff));

const isTensor = (slot: Slot): slot is TensorSlot => slot.isTensor;

const quoted = (name: string): string => JSON.stringify(name.slice(0, 80));

function inWords(slot: Slot): string {
  if (!slot.isTensor) return `${quoted(slot.name)} (no tensor)`;
  const sizes = slot.shape.map((size, i) => (isOpen(size) ? (i === 0 ? 'rows' : 'any') : size));
  return `${quoted(slot.name)} (${slot.type} [${sizes.join(', ')}])`;
}
