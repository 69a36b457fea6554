import { expect, test } from 'vitest';
import { jobVariables, textParameters } from '../../../../core/training/script/job-contract.ts';

test('a job has the folders and hyperparameters of SageMaker as variables', () => {
  expect(jobVariables({ depth: 3, rate: 0.1, loss: 'log', warm: true })).toEqual({
    SM_CHANNELS: '["train","validation"]',
    SM_CHANNEL_TRAIN: '/opt/ml/input/data/train',
    SM_CHANNEL_VALIDATION: '/opt/ml/input/data/validation',
    SM_INPUT_DIR: '/opt/ml/input',
    SM_INPUT_CONFIG_DIR: '/opt/ml/input/config',
    SM_MODEL_DIR: '/opt/ml/model',
    SM_OUTPUT_DIR: '/opt/ml/output',
    SM_OUTPUT_DATA_DIR: '/opt/ml/output/data',
    SM_HPS: '{"depth":3,"rate":0.1,"loss":"log","warm":true}',
    SM_HP_DEPTH: '3',
    SM_HP_RATE: '0.1',
    SM_HP_LOSS: 'log',
    SM_HP_WARM: 'true',
  });
  expect(textParameters({ depth: 3, warm: true, loss: 'log' })).toEqual({
    depth: '3',
    warm: 'true',
    loss: 'log',
  });
});

test('what SageMaker would not take is refused in words', () => {
  expect(jobVariables({ a: 'x'.repeat(504) })).toHaveProperty('SM_HP_A');
  expect(() => jobVariables({ a: 'x'.repeat(505) })).toThrow(
    expect.objectContaining({
      name: 'TrainingError',
      message:
        'The hyperparameters make the variable SM_HPS 513 characters long; a training job takes 512. ' +
        'Shorten them, or put what is long into the program.',
    }),
  );
});
