/** Calls of AWS services for which the product needs no client. */
export const REGION = 'eu-west-1';
/** The account that moto plays. */
export const ACCOUNT = '123456789012';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Protocol {
  /** Name in the credential scope, by which the server tells services apart. */
  readonly name: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

const PROTOCOLS = {
  sqs: { name: 'sqs', target: 'AmazonSQS', version: '1.0' },
  kinesis: { name: 'kinesis', target: 'Kinesis_20131202', version: '1.1' },
  streams: { name: 'dynamodb', target: 'DynamoDBStreams_20120810', version: '1.0' },
} as const satisfies Record<string, Protocol>;

/** Calls one operation; neither server verifies signatures. */
export const call = async <T>(
  endpoint: string,
  service: keyof typeof PROTOCOLS,
  operation: string,
  input: object,
): Promise<T> => {
  const { name, target, version } = PROTOCOLS[service];
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${target}.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${name}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${operation} was answered with ${answer.status}: ${text.slice(0, 500)}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
};

const post = (endpoint: string, service: string, path: string, type: string, body: string): Promise<Response> =>
  fetch(`${endpoint}${path}`, {
    method: 'POST',
    headers: {
      'content-type': type,
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body,
  });

/** A function that can be named as a destination. It is never run. */
export const createFunction = async (endpoint: string, FunctionName: string): Promise<void> => {
  const role = { Action: 'CreateRole', Version: '2010-05-08', RoleName: 'lambda', AssumeRolePolicyDocument: '{}' };
  await post(endpoint, 'iam', '/', 'application/x-www-form-urlencoded', new URLSearchParams(role).toString());
  const answer = await post(
    endpoint,
    'lambda',
    '/2015-03-31/functions',
    'application/json',
    JSON.stringify({
      FunctionName,
      Role: `arn:aws:iam::${ACCOUNT}:role/lambda`,
      Code: { ZipFile: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==' },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
    }),
  );
  if (!answer.ok) throw new Error(`lambda CreateFunction was answered with ${answer.status}: ${await answer.text()}`);
};
