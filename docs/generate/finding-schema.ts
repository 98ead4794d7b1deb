/** docs/finding.schema.json: the detail of a bus event, as a JSON Schema of the part of OCSF that eks-detect fills. */
import { TACTICS } from '../../shared/sdk/mitre-attack.ts';

type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

const text = (description?: string): Schema => ({ type: 'string', minLength: 1, ...(description && { description }) });
const maybeEmpty = (description: string): Schema => ({ type: 'string', description });
const oneOf = (...values: readonly (string | number | boolean)[]): Schema => ({ enum: values });
const number = (minimum: number, maximum?: number): Schema => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
});
const score = number(0, 100);
const time: Schema = { ...number(0), description: 'Milliseconds since the epoch.' };
const list = (items: Schema, minItems = 0): Schema => ({ type: 'array', items, minItems });
const mapOf = (values: Schema, description: string): Schema => ({
  type: 'object',
  additionalProperties: values,
  description,
});

/** An object with no property but these. */
const object = (required: Properties, optional: Properties = {}, description?: string): Schema => ({
  type: 'object',
  ...(description && { description }),
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});

const values = object({ name: text(), values: list(text()) });
const account = object({ uid: text(), type_id: oneOf(10), type: oneOf('AWS Account') });
const attackPart = object({ uid: text(), src_url: text() }, { name: text() });
const user = object(
  {},
  {
    name: text(),
    uid: text('ARN of the session, for an IAM caller.'),
    type_id: oneOf(1, 4),
    type: oneOf('User', 'Service'),
    account,
    groups: list(object({ name: text() }), 1),
  },
);

const evidence = object(
  {
    data: {
      type: 'object',
      properties: { time: text('ISO 8601.'), summary: text() },
      required: ['time', 'summary'],
      additionalProperties: { type: ['string', 'boolean'] },
      description: 'What OCSF has no attribute for.',
    },
  },
  {
    uid: text('auditID of the record, which the client can choose.'),
    actor: object({ user }, { session: object({}, { uid: text(), issuer: text(), credential_uid: text() }) }),
    user,
    src_endpoint: object(
      {},
      { ip: text(), name: text(), location: object({}, { country: text('ISO 3166-1 alpha-2.'), city: text() }) },
    ),
    api: object(
      { operation: text(), service: object({ name: oneOf('kubernetes') }) },
      {
        request: object({ uid: text() }),
        response: object({ code: number(1, 999) }, { error: text(), error_message: text() }),
      },
    ),
    http_request: object({}, { url: object({ path: text() }, { query_string: text() }), user_agent: text() }),
    resources: list(object({ name: text(), type: text() }), 1),
  },
);

const findingInfo = object({
  uid: text('The same for every event about one finding.'),
  title: text(),
  desc: text(),
  types: list(oneOf('TTP', 'Anomaly', 'Hunting'), 1),
  created_time: time,
  modified_time: time,
  first_seen_time: time,
  last_seen_time: time,
  data_sources: list(oneOf('Kubernetes audit log', 'Kubernetes Events'), 1),
  analytic: object({
    uid: { type: 'string', pattern: '^[a-z0-9-]+$', description: 'The id of the detection.' },
    name: text(),
    type_id: oneOf(1),
    type: oneOf('Rule'),
    category: oneOf(...Object.values(TACTICS).map(({ name }) => name)),
    version: text(),
  }),
  related_analytics: list(object({ uid: text(), type_id: oneOf(1), type: oneOf('Rule') })),
  attacks: list(object({ tactic: attackPart }, { technique: attackPart, sub_technique: attackPart }), 1),
  tags: list(values),
  traits: list(values),
});

const resource = object(
  { name: text(), type: text(), role_id: oneOf(2, 3), role: oneOf('Actor', 'Affected') },
  { uid: text(), namespace: text(), region: text(), cloud_partition: text() },
);

const metadata = object(
  {
    version: oneOf('1.6.0'),
    product: object({ name: oneOf('eks-detect'), vendor_name: oneOf('eks-detect'), version: text() }),
    profiles: list(oneOf('cloud'), 1),
    log_provider: oneOf('Amazon EKS'),
    log_name: oneOf('audit', 'events'),
  },
  {
    tenant_uid: text('Account of the cluster.'),
    is_truncated: { ...oneOf(true), description: 'Parts were left out, because the whole was too large for the bus.' },
    untruncated_size: number(0),
  },
);

const unmapped = object(
  {
    cluster: text(),
    entities: mapOf(text(), 'What the finding is about, by name.'),
    count: { type: 'string', pattern: '^\\d+\\+?$', description: '`1000+` where counting stopped.' },
    changes: list(text()),
    drilldown: text('CloudWatch Logs Insights query: the events of the finding.'),
    actor_drilldown: text('CloudWatch Logs Insights query: what the actor did in the last 7 days.'),
    false_positives: maybeEmpty('What else looks like this.'),
  },
  {},
  'What OCSF has no attribute for.',
);

export const findingSchema = (): string => {
  const schema = object({
    activity_id: { ...oneOf(1, 2, 3), description: '1 create, 2 update, 3 close.' },
    activity_name: oneOf('Create', 'Update', 'Close'),
    category_uid: oneOf(2),
    category_name: oneOf('Findings'),
    class_uid: oneOf(2004),
    class_name: oneOf('Detection Finding'),
    type_uid: oneOf(200401, 200402, 200403),
    type_name: text(),
    time,
    start_time: time,
    end_time: time,
    message: text('One line that says who did what.'),
    count: number(1),
    severity_id: { ...number(1, 5), description: '1 informational, 2 low, 3 medium, 4 high, 5 critical.' },
    severity: oneOf('Informational', 'Low', 'Medium', 'High', 'Critical'),
    status_id: oneOf(1, 6),
    status: oneOf('New', 'Deleted'),
    is_alert: { type: 'boolean' },
    confidence_id: number(1, 3),
    confidence: oneOf('Low', 'Medium', 'High'),
    confidence_score: score,
    impact_id: number(1, 4),
    impact: oneOf('Low', 'Medium', 'High', 'Critical'),
    impact_score: score,
    risk_level_id: number(0, 4),
    risk_level: oneOf('Info', 'Low', 'Medium', 'High', 'Critical'),
    risk_score: score,
    finding_info: findingInfo,
    evidences: list(evidence),
    resources: list(resource, 1),
    observables: list(object({ name: text(), type_id: number(0), type: text(), value: text() })),
    remediation: object({ desc: text(), references: list(text()) }),
    cloud: object({ provider: oneOf('AWS') }, { cloud_partition: text(), region: text(), account }),
    metadata,
    unmapped,
  });
  return `${JSON.stringify(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Detail of an eks-detect event: OCSF 1.6.0 Detection Finding',
      ...schema,
    },
    null,
    2,
  )}\n`;
};
