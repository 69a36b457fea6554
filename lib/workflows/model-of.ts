import { JsonPath } from 'aws-cdk-lib/aws-stepfunctions';

/** The model in an object's key: the second part of `<folder>/<model>/…`. */
export const modelOf = (keyPath: string): string =>
  JsonPath.arrayGetItem(JsonPath.stringSplit(JsonPath.stringAt(keyPath), '/'), 1);

/** The model in the key of its production pointer, `production/<model>.json`; a model's name has no dot. */
export const modelOfPointer = (keyPath: string): string =>
  JsonPath.arrayGetItem(JsonPath.stringSplit(modelOf(keyPath), '.'), 0);
