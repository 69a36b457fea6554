/**
 * What AWS asks in us-east-1, in dollars and without free tiers, as looked up in November 2026: of tiers the first.
 * docs/costs.md says which were read on AWS's own pages, and which in what others published of them. Other regions ask up
 * to a third more. When a price changes, change it here, run `npm run costs`, and put what it prints into docs/costs.md.
 */
export const PRICES_OF = 'us-east-1, November 2026';

/** Hours of a month, as AWS counts them. */
export const HOURS_PER_MONTH = 730;

export const PRICES = {
  /** aws.amazon.com/lambda/pricing, arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  /** aws.amazon.com/step-functions/pricing, standard workflows. */
  stateTransition: 0.025e-3,
  /** aws.amazon.com/cloudwatch/pricing: for a month; a metric counts by the hour in which it had a value. */
  alarm: 0.1,
  dashboard: 3,
  metric: 0.3,
  logGigabyte: 0.5,
  /** aws.amazon.com/xray/pricing. */
  trace: 5e-6,
  /** aws.amazon.com/kms/pricing: for a month, until the key is rotated for the first time. */
  key: 1,
  /** aws.amazon.com/s3/pricing, standard class: for a month; then for one request. */
  storedGigabyte: 0.023,
  put: 0.005e-3,
  get: 0.0004e-3,
  /** aws.amazon.com/firehose/pricing: records count as 5 kB at least; without taking them out of CloudWatch's envelopes. */
  firehoseGigabyte: 0.029,
} as const;

/** What others need to run all the time: an hour of each, or a month of a gigabyte. */
export const ALTERNATIVES = [
  /** aws.amazon.com/sagemaker/pricing, real-time inference. */
  { what: 'SageMaker endpoint, one ml.m5.large', hour: 0.115, month: 0 },
  /** aws.amazon.com/ec2/pricing/on-demand. */
  { what: 'MLflow server, EC2 t3.small with 20 GB of gp3', hour: 0.0208, month: 20 * 0.08 },
  /** aws.amazon.com/rds/postgresql/pricing, single AZ. */
  { what: "MLflow's database, RDS db.t4g.micro with 20 GB of gp3", hour: 0.016, month: 20 * 0.115 },
] as const;
