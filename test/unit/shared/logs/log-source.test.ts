import { describe, expect, it } from 'vitest';
import { clusterLogGroup, FILTER_PATTERNS, logSourceOf } from '../../../../shared/logs/log-source.ts';

const EVENT_LOG_GROUPS = [
  { logGroup: '/agents/events', cluster: 'prod' },
  { logGroup: clusterLogGroup('dev'), cluster: 'prod' },
];

describe('a log group', () => {
  it('of a cluster is told by its name, whatever the configuration says', () => {
    const filterPattern = FILTER_PATTERNS.audit;
    expect(logSourceOf([], '/aws/eks/prod/cluster')).toEqual({ source: 'audit', cluster: 'prod', filterPattern });
    expect(logSourceOf(EVENT_LOG_GROUPS, clusterLogGroup('dev'))?.cluster).toBe('dev');
  });

  it('of Kubernetes Events is told by the configuration', () => {
    const filterPattern = FILTER_PATTERNS['kubernetes-event'];
    const source = { source: 'kubernetes-event', cluster: 'prod', filterPattern };
    expect(logSourceOf(EVENT_LOG_GROUPS, '/agents/events')).toEqual(source);
  });

  it.each(['/aws/eks/a/application', '/aws/eks/a/b/cluster', '/aws/eks//cluster', '/ecs/x', ''])(
    '%j is no source',
    (logGroup) => {
      expect(logSourceOf(EVENT_LOG_GROUPS, logGroup)).toBeUndefined();
    },
  );
});
