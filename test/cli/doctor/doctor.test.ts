import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { awsChecks } from '../../../cli/doctor/aws-checks.ts';
import { examine, type Finding } from '../../../cli/doctor/examine.ts';
import { localChecks } from '../../../cli/doctor/local-checks.ts';
import { packSpec } from '../../../core/spec/packed-spec.ts';
import { loadSpecs } from '../../../core/spec/parse-spec.ts';
import { PROJECT } from '../../../lib/project.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MODELS = join(PROJECT, 'models');

afterEach(() => vi.unstubAllEnvs());

/** What a fake account answers. */
interface Account {
  readonly bootstrap?: string;
  readonly status?: string;
  /** What the values of the stack's outputs begin with. */
  readonly outputs?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly buckets?: 'open' | 'closed';
  /** Names of all buckets, where the caller may list them. */
  readonly all?: readonly string[];
}

/** The page that S3 answers with: one bucket at a time, so that whoever asks must ask on. */
function bucketsXml(all: readonly string[], url: string): string {
  const { searchParams } = new URL(url, 'http://s3');
  expect(searchParams.get('bucket-region')).toBe('eu-west-1');
  const [name, next] = all
    .filter(one => one.startsWith(searchParams.get('prefix') ?? ''))
    .filter(one => one >= (searchParams.get('continuation-token') ?? ''));
  const bucket = name === undefined ? '' : `<Bucket><Name>${name}</Name></Bucket>`;
  const token = next === undefined ? '' : `<ContinuationToken>${next}</ContinuationToken>`;
  return `<ListAllMyBucketsResult><Buckets>${bucket}</Buckets>${token}</ListAllMyBucketsResult>`;
}

type Answer = readonly [status: number, body: string];

const stackXml = (status: string, beginning: string): string =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
   <StackName>AnteiPlatform</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus>
   <Outputs>${['DataBucket', 'ModelBucket', 'AccessLogBucket', 'DeliveryMachine']
     .map(
       name =>
         `<member><OutputKey>${name}</OutputKey><OutputValue>${beginning}${name.toLowerCase()}</OutputValue></member>`,
     )
     .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

function answerOf(
  { bootstrap, status, parameters = {}, buckets, all, outputs = '' }: Account,
  { url = '', headers }: IncomingMessage,
  body: string,
): Answer {
  const target = String(headers['x-amz-target'] ?? '');
  if (body.includes('GetCallerIdentity')) {
    return [
      200,
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ada</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    ];
  }
  if (body.includes('DescribeStacks')) {
    return status === undefined
      ? [
          400,
          '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id AnteiPlatform does not exist</Message></Error></ErrorResponse>',
        ]
      : [200, stackXml(status, outputs)];
  }
  if (target.endsWith('GetParameter')) {
    const { Name } = JSON.parse(body);
    const value = Name === '/cdk-bootstrap/hnb659fds/version' ? bootstrap : parameters[Name];
    return value === undefined
      ? [400, JSON.stringify({ __type: 'ParameterNotFound', message: `no ${Name}` })]
      : [200, JSON.stringify({ Parameter: { Name, Value: value } })];
  }
  if (target.endsWith('ListExecutions')) {
    const of = (name: string, state: string) => ({
      ...{ executionArn: name, stateMachineArn: 'm', name, status: state, startDate: 1_760_000_000 },
    });
    return [200, JSON.stringify({ executions: [of('a', 'SUCCEEDED'), of('b', 'FAILED')] })];
  }
  if (url.includes('x-id=ListBuckets') && all !== undefined) return [200, bucketsXml(all, url)];
  if (url.includes('list-type=2') && buckets === 'open')
    return [200, '<ListBucketResult></ListBucketResult>'];
  return [403, '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'];
}

/** Points the AWS clients of this process at a fake account. */
async function account(facts: Account): Promise<void> {
  const server = createServer(async (request, response) => {
    const [status, body] = answerOf(facts, request, await text(request));
    response.writeHead(status, {
      'content-type': body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1',
    });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
}

const look = (environment?: string): Promise<Finding[]> =>
  examine(awsChecks({ environment, models: MODELS }));
const outline = (findings: readonly Finding[]): string[] =>
  findings.map(({ name, status, found }) => `${name}: ${status === 'right' ? found : status}`);

const deployed = (path: string): Record<string, string> =>
  Object.fromEntries(loadSpecs(MODELS).map(spec => [`${path}/${spec.name}`, packSpec(spec)]));
const whole: Account = {
  bootstrap: '28',
  status: 'UPDATE_COMPLETE',
  parameters: deployed('/antei/models'),
  buckets: 'open',
  all: ['databucket'],
};

describe('--target aws', () => {
  test('finds everything right where it is', async () => {
    await account(whole);
    const names = loadSpecs(MODELS)
      .map(({ name }) => name)
      .join(', ');
    expect(outline(await look())).toEqual([
      'region: eu-west-1',
      'credentials: arn:aws:iam::111122223333:user/ada',
      'bootstrap: version 28',
      'kept buckets: none',
      'stack AnteiPlatform: UPDATE_COMPLETE',
      'data bucket: s3://databucket',
      'model bucket: s3://modelbucket',
      'workflows: 2 recent deliveries, 1 of them failed',
      `specs: ${names}`,
      `models: ${names}`,
    ]);
  });

  test('looks at the environment that it is asked for', async () => {
    await account({ ...whole, parameters: deployed('/antei/dev/models') });
    expect(outline(await look('dev'))).toContain('stack AnteiDevPlatform: UPDATE_COMPLETE');
    expect((await look()).at(-1)).toMatchObject({ name: 'models', status: 'wrong' });
  });

  test.each<[string, Account, Partial<Finding>]>([
    [
      'an account without bootstrap',
      {},
      { name: 'bootstrap', found: 'no /cdk-bootstrap/hnb659fds/version', advice: 'run "npx cdk bootstrap"' },
    ],
    [
      'an old bootstrap',
      { bootstrap: '5' },
      { name: 'bootstrap', found: 'version 5; needed: 6 or later', advice: 'run "npx cdk bootstrap"' },
    ],
    [
      'an empty account',
      { bootstrap: '28' },
      {
        name: 'stack AnteiPlatform',
        found: 'it does not exist in this account and region',
        advice: 'run "npx cdk deploy --all"; with the right to read stacks (cloudformation:DescribeStacks)',
      },
    ],
    [
      'a first deployment that failed',
      { bootstrap: '28', status: 'ROLLBACK_COMPLETE' },
      {
        name: 'stack AnteiPlatform',
        found: 'ROLLBACK_COMPLETE',
        advice: expect.stringMatching(/delete the stack, then run "npx cdk deploy --all"$/),
      },
    ],
    [
      'a deployment under way',
      { bootstrap: '28', status: 'UPDATE_IN_PROGRESS' },
      { found: 'UPDATE_IN_PROGRESS', advice: 'wait until the deployment has ended' },
    ],
    [
      'buckets that are not for the caller',
      { ...whole, buckets: 'closed' },
      { name: 'data bucket', found: 'Access Denied', advice: expect.stringContaining('s3:ListBucket') },
    ],
    [
      'models that are not deployed',
      { ...whole, parameters: {} },
      { name: 'models', found: expect.stringContaining('departures is not deployed') },
    ],
    [
      'a spec that has changed since',
      {
        ...whole,
        parameters: Object.fromEntries(
          loadSpecs(MODELS).map(spec => [
            `/antei/models/${spec.name}`,
            packSpec({ ...spec, description: 'an earlier one' }),
          ]),
        ),
      },
      { name: 'models', found: expect.stringContaining('departures is deployed with another spec') },
    ],
  ])('names %s and says what to do', async (_, facts, finding) => {
    await account(facts);
    const findings = await look();
    const [first, ...others] = findings.filter(({ status }) => status === 'wrong');
    expect(first).toMatchObject(finding);
    // Nothing that depends on it is looked at.
    const after = findings
      .slice(findings.findIndex(({ status }) => status === 'wrong') + 1)
      .filter(({ name }) => name !== 'kept buckets');
    if (first?.name.startsWith('stack') || first?.name === 'bootstrap') {
      expect(others).toEqual([]);
      expect(new Set(after.map(({ status }) => status))).toEqual(new Set(['not looked at']));
    }
  });

  describe('tells of the buckets that a destroyed deployment has left', () => {
    const left = ['accesslogs', 'databucket', 'models'].map(part => `anteiplatform-${part}0a1b2c3d-x7`);
    const others = ['anteidevplatform-databucket-y', 'anteiplatforms-data', 'cdk-assets'];
    const kept = async (facts: Account, environment?: string) => {
      await account(facts);
      return (await look(environment)).find(({ name }) => name === 'kept buckets');
    };
    const told = (...names: readonly string[]) =>
      expect.stringMatching(
        new RegExp(`^${names.map(name => `s3://${name}`).join(', ')}, left by deployments`),
      );

    test('when there is no deployment any more', async () => {
      expect(await kept({ bootstrap: '28', all: [...left, ...others].sort() })).toEqual({
        ...{ name: 'kept buckets', status: 'right', found: told(...left) },
      });
    });

    test('when the bootstrap is gone, too', async () => {
      expect(await kept({ all: left })).toMatchObject({ status: 'right', found: told(...left) });
    });

    test('of the environment that it is asked for', async () => {
      const found = told('anteidevplatform-databucket-y');
      expect(await kept({ bootstrap: '28', all: [...left, ...others].sort() }, 'dev')).toMatchObject({
        found,
      });
    });

    test('beside a later deployment, whose own are not among them', async () => {
      // Names in an answer of CloudFormation are those that its output has.
      const own = ['databucket', 'modelbucket', 'accesslogbucket'].map(name => `anteiplatform-${name}`);
      const facts = { ...whole, outputs: 'anteiplatform-', all: [...left, ...own].sort() };
      expect(await kept(facts)).toMatchObject({ status: 'right', found: told(...left) });
    });

    test('but says nothing while it cannot know, or may not list them', async () => {
      expect(await kept({ bootstrap: '28', status: 'CREATE_IN_PROGRESS', all: left })).toMatchObject({
        found: 'not known as long as the stack cannot be read or is not settled',
      });
      expect(await kept({ bootstrap: '28' })).toMatchObject({
        ...{ status: 'right', found: 'not known without the right to list buckets (s3:ListAllMyBuckets)' },
      });
    });
  });

  test('a machine without credentials is told how to log in', async () => {
    await account(whole);
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    expect((await look()).find(({ status }) => status === 'wrong')).toMatchObject({
      name: 'credentials',
      advice: expect.stringContaining('aws sso login'),
    });
  });
});

describe('--target local', () => {
  test('looks at this machine', async () => {
    const state = join(temporaryDirectory(), 'new', 'state');
    expect(
      (await examine(localChecks({ state, models: MODELS }))).map(({ name, status }) => [name, status]),
    ).toEqual([
      ['Node.js', 'right'],
      ['data engine', 'right'],
      ['state directory', 'right'],
      ['specs', 'right'],
    ]);
  });

  test('names a state directory that is a file, and a directory without specs', async () => {
    const models = temporaryDirectory();
    const state = join(PROJECT, 'package.json', 'state');
    expect(
      (await examine(localChecks({ state, models }))).filter(({ status }) => status === 'wrong'),
    ).toMatchObject([
      { name: 'state directory', advice: 'name a directory that you may write to, with --state' },
      { name: 'specs', found: `no spec in ${models}; "npm run antei -- init" writes one` },
    ]);
  });
});
